package io.github.resiliencestarter.idempotency;

import java.time.Duration;

import io.github.resiliencestarter.guard.MonotonicClock;

/**
 * Runs statements that say who they are for, so that it does no harm to run them again
 * when the database could not take them or its answer was lost.
 */
final class RepeatableStatements {

	private static final Duration LONGEST = Duration.ofSeconds(10);

	private final MonotonicClock clock;

	RepeatableStatements(MonotonicClock clock) {
		this.clock = clock;
	}

	/**
	 * Run a statement for a caller, as long as the caller has time.
	 * @param <T> what it tells
	 * @param statement the statement
	 * @return what it tells
	 * @throws InterruptedException if the caller is interrupted between two attempts
	 */
	<T> T run(Statement<T> statement) throws InterruptedException {
		Reruns reruns = new Reruns(new Patience(this.clock, LONGEST));
		while (true) {
			try {
				return statement.run();
			}
			catch (RuntimeException ex) {
				if (!isPassing(ex) || !reruns.another()) {
					throw ex;
				}
			}
		}
	}

	/**
	 * Run a statement that puts an effect on record. The effect cannot be taken back, so
	 * neither an interrupt nor the end of the caller's time may keep it from that.
	 * @param <T> what it tells
	 * @param statement the statement
	 * @return what it tells
	 */
	<T> T runUninterruptibly(Statement<T> statement) {
		boolean interrupted = Thread.interrupted();
		Reruns reruns = new Reruns(Patience.withoutDeadline(this.clock, LONGEST));
		try {
			while (true) {
				try {
					return statement.run();
				}
				catch (RuntimeException ex) {
					boolean disturbed = Thread.interrupted();
					interrupted |= disturbed;
					if (!(disturbed || isPassing(ex)) || !reruns.anotherUninterruptibly()) {
						throw ex;
					}
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private static boolean isPassing(RuntimeException failure) {
		return Contention.isCauseOf(failure) || LostConnection.isCauseOf(failure);
	}

	/**
	 * A statement.
	 *
	 * @param <T> what it tells
	 */
	@FunctionalInterface
	interface Statement<T> {

		T run();

	}

}
