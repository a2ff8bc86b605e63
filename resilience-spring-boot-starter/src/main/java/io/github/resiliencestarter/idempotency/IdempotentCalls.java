package io.github.resiliencestarter.idempotency;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.idempotency.Idempotent.Mode;
import io.github.resiliencestarter.idempotency.Idempotent.OnConcurrent;

/**
 * Takes calls through: one of those with a key leads, the others of this process follow.
 * <p>
 * The invariant: a method runs only for a leader that holds the claim, and what a caller
 * gets was either recorded with the claim or is an error. Whatever goes wrong, there is
 * no path from here to an unprotected run.
 * <p>
 * A leader that fails leaves no reply; its followers then contend for the lead, and the
 * method runs again for one of them. Thread-safe.
 */
final class IdempotentCalls {

	private final Flights flights = new Flights();

	private final TransactionalCalls transactional;

	private final LeasedCalls leased;

	private final EarlierReplies replies;

	private final IdempotencyExchange exchange;

	private final MonotonicClock clock;

	IdempotentCalls(TransactionalCalls transactional, LeasedCalls leased, EarlierReplies replies,
			IdempotencyExchange exchange, MonotonicClock clock) {
		this.transactional = transactional;
		this.leased = leased;
		this.replies = replies;
		this.exchange = exchange;
		this.clock = clock;
	}

	@Nullable Object execute(IdempotentCall call) throws Throwable {
		return answer(call).outcome();
	}

	private Answer answer(IdempotentCall call) throws Throwable {
		try {
			Ending ending = ending(call, new Patience(this.clock, call.rules().maxWait()));
			return (ending instanceof Ending.Replayed replayed) ? replay(call, replayed)
					: ran(call, (Ending.Ran) ending);
		}
		catch (Throwable ex) {
			call.operation().endedWithoutAnswer(call.id(), ex);
			throw ex;
		}
	}

	boolean isUnderWay(IdempotencyId id) {
		return this.flights.isUnderWay(id);
	}

	private Ending ending(IdempotentCall call, Patience patience) throws Throwable {
		while (true) {
			Flight flight = new Flight(call.fingerprint());
			Flight other = this.flights.start(call.id(), flight);
			if (other == null) {
				return leadAndLand(call, flight, patience);
			}
			if (other.isOfThisThread() && other.waitsForTransaction()) {
				return lead(call, flight, patience);
			}
			StoredReply reply = follow(call, other, patience);
			if (reply != null) {
				return new Ending.Replayed(reply);
			}
		}
	}

	private Ending leadAndLand(IdempotentCall call, Flight flight, Patience patience) throws Throwable {
		StoredReply reply = null;
		try {
			Ending ending = lead(call, flight, patience);
			reply = ending.reply();
			return ending;
		}
		finally {
			if (!flight.waitsForTransaction()) {
				this.flights.land(call.id(), flight, reply);
			}
		}
	}

	private Ending lead(IdempotentCall call, Flight flight, Patience patience) throws Throwable {
		Supplier<ResponseHead> said = (IdempotencyScope.current() == null) ? this.exchange.watch() : call.said();
		IdempotentCall leading = call.withBody(said, () -> {
			flight.identify();
			return call.body().run();
		});
		Ending known = this.replies.expected(leading);
		Ending ending = (known != null) ? known : claim(leading, flight, patience);
		this.replies.learn(leading, ending);
		return ending;
	}

	private Ending claim(IdempotentCall call, Flight flight, Patience patience) throws Throwable {
		if (call.rules().mode() == Mode.LEASED) {
			return this.leased.lead(call, patience, flight::identify);
		}
		return this.transactional.lead(call, patience, (reply) -> {
			flight.waitForTransaction();
			TransactionEnd.whenOver((committed) -> this.flights.land(call.id(), flight, committed ? reply : null));
		});
	}

	private static @Nullable StoredReply follow(IdempotentCall call, Flight leader, Patience patience)
			throws InterruptedException {
		if (leader.isOfThisThread()) {
			throw call.conflict();
		}
		if (!leader.isSameCall(call.fingerprint())) {
			return other(call, leader, patience);
		}
		if (call.rules().onConcurrent() == OnConcurrent.REJECT || !leader.await(patience.remaining())) {
			throw call.conflict();
		}
		return leader.reply();
	}

	/**
	 * One of the two is not the call that the key stands for; which, is not known before
	 * the leader has the claim, or has seen another instance's.
	 */
	private static @Nullable StoredReply other(IdempotentCall call, Flight leader, Patience patience)
			throws InterruptedException {
		if (!leader.awaitIdentity(patience.remaining())) {
			throw call.conflict();
		}
		if (!leader.hasLanded() || leader.reply() != null) {
			throw call.reused();
		}
		return null;
	}

	private Answer replay(IdempotentCall call, Ending.Replayed replayed) {
		Answer answer = call.codec().replay(call.id(), replayed.reply());
		call.operation().replayed.increment();
		if (IdempotencyScope.current() == null) {
			this.exchange.replayed(answer.said());
		}
		return answer;
	}

	private static Answer ran(IdempotentCall call, Ending.Ran ran) {
		((ran.reply() != null) ? call.operation().executed : call.operation().failed).increment();
		return Answer.of(ran);
	}

}
