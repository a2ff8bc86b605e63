package io.github.resiliencestarter.outbox;

/**
 * One call of a handler, which ends exactly once: by returning or by its time-out. The
 * interrupt happens within the same lock as the end by time-out, so it never reaches what
 * the thread does afterwards.
 */
final class Delivery {

	final Entry entry;

	private final Thread thread = Thread.currentThread();

	private final long endsAt;

	private boolean ended;

	Delivery(Entry entry, long endsAt) {
		this.entry = entry;
		this.endsAt = endsAt;
	}

	boolean isOverdue(long now) {
		return now >= this.endsAt;
	}

	synchronized boolean end() {
		boolean first = !this.ended;
		this.ended = true;
		return first;
	}

	synchronized boolean interrupt() {
		boolean first = end();
		if (first) {
			this.thread.interrupt();
		}
		return first;
	}

}
