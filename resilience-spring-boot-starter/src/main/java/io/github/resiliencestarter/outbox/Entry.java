package io.github.resiliencestarter.outbox;

/**
 * A message in the memory of the instance that owns its shard.
 */
final class Entry {

	final StoredMessage message;

	final HandlerQueue queue;

	final ShardBoard board;

	/** Whether the lease row must name it: a claimed row speaks for itself. */
	final boolean inWindow;

	/** Whether a worker has taken it. Guarded by the dispatcher's lock. */
	boolean sent;

	/**
	 * Whether the next exchange tells the store what became of it. Guarded by the
	 * dispatcher's lock.
	 */
	boolean settling;

	Entry(StoredMessage message, HandlerQueue queue, ShardBoard board, boolean inWindow) {
		this.message = message;
		this.queue = queue;
		this.board = board;
		this.inWindow = inWindow;
	}

	boolean holdsKey(Outcome.Later later) {
		return later.sincePublication() || this.queue.handler.policy().failureHoldsKey();
	}

	/**
	 * Successors of a message that waits in the store are invisible to scans.
	 */
	boolean holdsKeyInStore() {
		return this.message.later() && this.message.key() != null;
	}

	boolean isKnown() {
		return !this.board.gone && this.board.knows(this);
	}

}
