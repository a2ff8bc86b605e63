package io.github.resiliencestarter.idempotency;

import java.util.concurrent.Future;

import io.github.resiliencestarter.guard.MonotonicClock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessResourceException;

/**
 * Leads calls whose effect is outside the database: claim, run, complete, each a
 * transaction of its own that commits before the next begins. Between them the claim is a
 * lease that others see and that runs out when its owner falls silent.
 * <p>
 * An owner that was given up and comes back changes nothing: its token is not the current
 * one any more. Its caller gets what the new owner answers, or learns that it still runs.
 * An owner whose lease is over, and whom nobody has replaced, still has the token and
 * records what it did: refusing that would only let the method run again.
 */
final class LeasedCalls {

	private static final Log logger = LogFactory.getLog(LeasedCalls.class);

	private final IdempotencyStore store;

	private final Heartbeats heartbeats;

	private final MonotonicClock clock;

	private final RepeatableStatements statements;

	LeasedCalls(IdempotencyStore store, Heartbeats heartbeats, MonotonicClock clock) {
		this.store = store;
		this.heartbeats = heartbeats;
		this.clock = clock;
		this.statements = new RepeatableStatements(clock);
	}

	Ending lead(IdempotentCall call, Patience patience, Runnable identified) throws Throwable {
		while (true) {
			long asked = this.clock.nanoTime();
			Claim claim = this.statements.run(() -> this.store.lease(call.claim(), call.rules().lease()));
			if (claim instanceof Claim.Granted granted) {
				HeldLease lease = new HeldLease(this.store, this.clock, call, granted.token(), asked);
				if (lasts(call, lease)) {
					return run(call, lease, patience);
				}
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

	/**
	 * A method begins only while its lease lasts: if the answer to the claim came too
	 * late for that, the lease is renewed before.
	 */
	private boolean lasts(IdempotentCall call, HeldLease lease) throws InterruptedException {
		if (!lease.isOver()) {
			return true;
		}
		boolean held = this.statements.run(lease::renew);
		if (held && lease.isOver()) {
			release(call, lease);
			throw new TransientDataAccessResourceException("'" + call.operation().name()
					+ "' did not run: its lease of " + lease.length() + " was over before the database had answered. "
					+ "Give it a longer lease, or find out what keeps the database busy.");
		}
		return held;
	}

	private Ending run(IdempotentCall call, HeldLease lease, Patience patience) throws Throwable {
		Ending.Ran ran;
		boolean recorded;
		Future<?> heartbeat = this.heartbeats.start(lease);
		try {
			ran = outcome(call, lease);
			lease.settle();
			recorded = record(call, lease, ran.reply());
		}
		finally {
			heartbeat.cancel(false);
		}
		return recorded ? ran : afterwards(call, ran, patience);
	}

	private boolean record(IdempotentCall call, HeldLease lease, @Nullable StoredReply reply) {
		if (reply == null) {
			release(call, lease);
			return true;
		}
		try {
			return this.statements.runUninterruptibly(() -> this.store.complete(call.id(), lease.token(), reply));
		}
		catch (RuntimeException ex) {
			throw new DataAccessResourceFailureException("'" + call.operation().name()
					+ "' has run, but the database took no record of it: when its lease of " + lease.length()
					+ " is over, a call with the same key runs it again", ex);
		}
	}

	private void release(IdempotentCall call, HeldLease lease) {
		try {
			this.statements.runUninterruptibly(() -> this.store.release(call.id(), lease.token()));
		}
		catch (RuntimeException ex) {
			// how the call failed matters more
			logger.warn("A key of '" + call.operation().name() + "' could not be given back and stays taken for the "
					+ "rest of its lease", ex);
		}
	}

	private Ending.Ran outcome(IdempotentCall call, HeldLease lease) {
		Object result;
		try {
			result = IdempotencyScope.run(call, lease);
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
