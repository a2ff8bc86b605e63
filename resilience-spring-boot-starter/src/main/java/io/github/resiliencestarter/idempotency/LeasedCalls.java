package io.github.resiliencestarter.idempotency;

import java.util.concurrent.Future;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.MonotonicClock;

/**
 * Leads calls whose effect is outside the database: claim, run, complete, each a
 * transaction of its own that commits before the next begins. Between them the claim is a
 * lease that others see and that runs out when its owner falls silent.
 * <p>
 * An owner that was given up and comes back changes nothing: its token is not the current
 * one any more. Its caller gets what the new owner answers, or learns that it still runs.
 */
final class LeasedCalls {

	private static final Log logger = LogFactory.getLog(LeasedCalls.class);

	private final IdempotencyStore store;

	private final Heartbeats heartbeats;

	private final RepeatableStatements statements;

	LeasedCalls(IdempotencyStore store, Heartbeats heartbeats, MonotonicClock clock) {
		this.store = store;
		this.heartbeats = heartbeats;
		this.statements = new RepeatableStatements(clock);
	}

	Ending lead(IdempotentCall call, Patience patience, Runnable identified) throws Throwable {
		while (true) {
			Claim claim = this.statements.run(() -> this.store.lease(call.claim(), call.rules().lease()));
			if (claim instanceof Claim.Granted granted) {
				return run(call, granted.token(), patience);
			}
			Ending ending = (claim instanceof Claim.Known known) ? call.endingOf(known.call()) : null;
			if (ending != null) {
				return ending;
			}
			if (claim instanceof Claim.Known) {
				identified.run();
			}
			if (!call.waits(patience)) {
				throw call.conflict();
			}
		}
	}

	private Ending run(IdempotentCall call, long token, Patience patience) throws Throwable {
		Ending.Ran ran;
		Future<?> heartbeat = this.heartbeats.start(call.id(), token, call.rules().lease());
		try {
			ran = outcome(call, token);
		}
		finally {
			heartbeat.cancel(false);
		}
		StoredReply reply = ran.reply();
		if (reply == null) {
			release(call, token);
			return ran;
		}
		boolean completed = this.statements.runUninterruptibly(() -> this.store.complete(call.id(), token, reply));
		return completed ? ran : afterwards(call, ran, patience);
	}

	private void release(IdempotentCall call, long token) {
		try {
			this.statements.runUninterruptibly(() -> this.store.release(call.id(), token));
		}
		catch (RuntimeException ex) {
			// how the call failed matters more
			logger.warn("A key of '" + call.operation().name() + "' could not be given back and stays taken for the "
					+ "rest of its lease", ex);
		}
	}

	private Ending.Ran outcome(IdempotentCall call, long token) {
		Object result;
		try {
			result = IdempotencyScope.run(call, token);
		}
		catch (Throwable failure) {
			boolean isFinal = call.rules().remembers(failure) || !call.transaction().rollbackOn(failure);
			StoredReply reply = isFinal ? call.encodeFailure(failure) : null;
			return new Ending.Ran(reply, null, failure);
		}
		return call.keeps(result) ? kept(call, result) : new Ending.Ran(null, result, null);
	}

	private static Ending.Ran kept(IdempotentCall call, @Nullable Object result) {
		try {
			StoredReply reply = call.encode(result);
			return new Ending.Ran(reply, call.firstReply(reply, result), null);
		}
		catch (RuntimeException ex) {
			// the effect cannot be taken back, so the key must not be either
			logger.error("The reply of '" + call.operation().name() + "' cannot be replayed", ex);
			return new Ending.Ran(StoredReply.WITHHELD, result, null);
		}
	}

	/**
	 * The completion found another token, or its own work done by a statement whose
	 * answer was lost.
	 */
	private Ending afterwards(IdempotentCall call, Ending.Ran ran, Patience patience) throws Throwable {
		do {
			StoredCall known = this.store.find(call.id());
			if (known != null && known.owner() == call.owner() && known.phase() == StoredCall.Phase.DONE) {
				return ran;
			}
			Ending winner = (known != null) ? call.endingOf(known) : null;
			if (winner != null) {
				return winner;
			}
		}
		while (call.waits(patience));
		throw call.conflict();
	}

}
