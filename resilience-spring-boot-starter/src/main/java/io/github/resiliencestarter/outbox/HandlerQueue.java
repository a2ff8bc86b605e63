package io.github.resiliencestarter.outbox;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The messages of one handler that may be delivered now, and how many there should be:
 * enough for a quarter of a second at the rate at which it delivers while there is
 * something to deliver, so that a fast handler never waits for the store and a slow one
 * does not take what it cannot deliver soon; but large messages only as far as they fit
 * into memory. Guarded by the dispatcher's lock.
 */
final class HandlerQueue {

	private static final double LOOKAHEAD_SECONDS = 0.25;

	private static final int MOST = 4000;

	/** Of all payloads together: some ten megabytes. */
	private static final double MOST_CHARACTERS = 10e6;

	/** So many messages tell how large the next ones will be. */
	private static final int SAMPLE = 64;

	final MessageHandler handler;

	final Deque<Entry> ready = new ArrayDeque<>();

	/** Messages that publishers will hand over when they commit. */
	int reserved;

	boolean paused;

	/** Workers, each of which delivers one message after the other. */
	private int running;

	private double meanCharacters;

	private double ratePerSecond;

	private int ended;

	private long measuredAt;

	private long busySince;

	private long busyNanos;

	HandlerQueue(MessageHandler handler) {
		this.handler = handler;
	}

	int room() {
		return this.paused ? 0 : appetite() - this.ready.size() - this.running - this.reserved;
	}

	/**
	 * How much to fetch in one exchange: not all that there is room for, so that there is
	 * something to deliver while the next exchange is under way.
	 */
	int portion() {
		return Math.min(room(), Math.max(least(), appetite() / 2));
	}

	private int appetite() {
		double most = Math.min(MOST, MOST_CHARACTERS / Math.max(1, this.meanCharacters));
		return (int) Math.max(least(), Math.min(most, this.ratePerSecond * LOOKAHEAD_SECONDS));
	}

	/**
	 * A message has come into memory.
	 */
	void weigh(StoredMessage message) {
		int characters = message.payload().length();
		this.meanCharacters += (characters - this.meanCharacters) / ((this.meanCharacters > 0) ? SAMPLE : 1);
	}

	private int least() {
		return 2 * this.handler.policy().concurrency();
	}

	boolean isFree() {
		return this.running < this.handler.policy().concurrency();
	}

	boolean isIdle() {
		return this.running == 0;
	}

	void workerStarts(long now) {
		if (this.running++ == 0) {
			this.busySince = now;
		}
	}

	void workerEnds(long now) {
		passBusy(now);
		this.running--;
	}

	void ended() {
		this.ended++;
	}

	private void passBusy(long now) {
		if (this.running > 0) {
			this.busyNanos += now - this.busySince;
			this.busySince = now;
		}
	}

	/**
	 * Faster than before is believed at once, where enough deliveries say so; slower
	 * after a while.
	 */
	void measure(long now) {
		passBusy(now);
		if (this.ended >= this.handler.policy().concurrency() && this.busyNanos > 0) {
			double before = this.ratePerSecond * Math.pow(0.5, (now - this.measuredAt) / 1e9);
			this.ratePerSecond = Math.max(this.ended * 1e9 / this.busyNanos, before);
			this.ended = 0;
			this.busyNanos = 0;
			this.measuredAt = now;
		}
	}

}
