package io.github.resiliencestarter.outbox;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The messages of one handler that may be delivered now, and how many there should be:
 * enough for a quarter of a second at the rate of late, so that a fast handler never
 * waits for the store and a slow one does not take what it cannot deliver soon. Guarded
 * by the dispatcher's lock.
 */
final class HandlerQueue {

	private static final double LOOKAHEAD_SECONDS = 0.25;

	private static final int MOST = 4000;

	final MessageHandler handler;

	final Deque<Entry> ready = new ArrayDeque<>();

	/** Workers, each of which delivers one message after the other. */
	int running;

	/** Messages that publishers will hand over when they commit. */
	int reserved;

	boolean paused;

	private double ratePerSecond;

	private int ended;

	private long measuredAt;

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
		return (int) Math.max(least(), Math.min(MOST, this.ratePerSecond * LOOKAHEAD_SECONDS));
	}

	private int least() {
		return 2 * this.handler.policy().concurrency();
	}

	boolean isFree() {
		return this.running < this.handler.policy().concurrency();
	}

	void ended() {
		this.ended++;
	}

	void measure(long now) {
		double seconds = (now - this.measuredAt) / 1e9;
		if (seconds > 0.001) {
			this.ratePerSecond = Math.max(this.ended / seconds, this.ratePerSecond * Math.pow(0.5, seconds));
			this.ended = 0;
			this.measuredAt = now;
		}
	}

}
