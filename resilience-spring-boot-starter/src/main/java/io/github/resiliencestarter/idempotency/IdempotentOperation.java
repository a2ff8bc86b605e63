package io.github.resiliencestarter.idempotency;

import java.util.concurrent.atomic.LongAdder;

import io.github.resiliencestarter.idempotency.Idempotent.Mode;

/**
 * One operation: its rules, and what has come of its calls on this instance. Thread-safe.
 */
final class IdempotentOperation {

	private static final String EXACTLY_ONCE = "EXACTLY_ONCE_EFFECT: key, effect in the database and reply commit in "
			+ "one transaction";

	private static final String FENCED = "FENCED_AT_LEAST_ONCE: the effect is outside the database; one owner at a "
			+ "time by lease, every step checked by fencing token, repeated only after an owner was silent for ";

	private final String name;

	private final IdempotencyRules rules;

	final LongAdder executed = new LongAdder();

	final LongAdder replayed = new LongAdder();

	final LongAdder conflicts = new LongAdder();

	final LongAdder mismatches = new LongAdder();

	final LongAdder failed = new LongAdder();

	final ReplayForecast forecast = new ReplayForecast();

	IdempotentOperation(String name, IdempotencyRules rules) {
		this.name = name;
		this.rules = rules;
	}

	String name() {
		return this.name;
	}

	IdempotencyRules rules() {
		return this.rules;
	}

	IdempotencySnapshot snapshot() {
		return new IdempotencySnapshot(this.name, this.rules.mode(), this.executed.sum(), this.replayed.sum(),
				this.conflicts.sum(), this.mismatches.sum(), this.failed.sum(), guarantee());
	}

	/**
	 * Count a call that ended with neither a reply of its own nor an earlier one.
	 * @param call the call
	 * @param cause why; may be the refusal of a call within this one
	 */
	void endedWithoutAnswer(IdempotencyId call, Throwable cause) {
		if (cause instanceof IdempotencyConflictException conflict && conflict.refuses(call)) {
			this.conflicts.increment();
		}
		else if (cause instanceof IdempotencyKeyReusedException reused && reused.refuses(call)) {
			this.mismatches.increment();
		}
		else {
			this.failed.increment();
		}
	}

	private String guarantee() {
		return (this.rules.mode() == Mode.TRANSACTIONAL) ? EXACTLY_ONCE : FENCED + this.rules.lease();
	}

}
