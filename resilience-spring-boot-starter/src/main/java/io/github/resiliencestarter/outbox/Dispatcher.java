package io.github.resiliencestarter.outbox;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.github.resiliencestarter.guard.MonotonicClock;
import org.jspecify.annotations.Nullable;

/**
 * Which message is delivered next: everything this instance knows of its shards, behind
 * one lock that is never held while anything waits.
 * <p>
 * Invariants: a message is known at most once; of a key at most one message is out, and
 * only when every earlier one that the store holds has ended; a message that is put off
 * stays out until the store has it, and then takes those that waited behind it out of
 * memory, to be found again when it has ended.
 */
final class Dispatcher {

	private final HandlerQueues queues;

	private final OwnedShards shards;

	private final Handovers handovers;

	private final Intake intake;

	private final Acknowledger acknowledger = new Acknowledger();

	Dispatcher(BooleanSupplier maySend, Consumer<HandlerQueue> startWorker, MonotonicClock clock) {
		this.queues = new HandlerQueues(maySend, startWorker, clock);
		this.shards = new OwnedShards(this.queues);
		this.handovers = new Handovers(this.shards, this.queues);
		this.intake = new Intake(this.shards, this.queues, this.handovers);
	}

	synchronized void handle(Collection<MessageHandler> handlers) {
		this.queues.handle(handlers);
	}

	// Shards

	synchronized void own(Collection<ShardLease> leases) {
		this.shards.own(leases);
	}

	/**
	 * Forget the shards that are not among the leases any more.
	 */
	synchronized void keep(Set<ShardLease> held) {
		this.shards.keep(held);
	}

	synchronized void lose(int shard) {
		this.shards.lose(shard);
	}

	synchronized int owned() {
		return this.shards.size();
	}

	/**
	 * Prepare so many shards for being given back, and keep the others.
	 */
	synchronized void drain(int shards) {
		this.shards.drain(shards);
	}

	/**
	 * Return what can be given back: shards with nothing out, each with what would be
	 * unknown about it. What only waits in memory was never sent.
	 */
	synchronized Map<ShardLease, List<Long>> drained(boolean all) {
		return this.shards.drained(all);
	}

	/**
	 * Messages have committed that are to be fetched.
	 * @return those whose shards are not ours
	 */
	synchronized List<Committed> feed(Collection<Committed> committed) {
		return this.shards.feed(committed);
	}

	synchronized void poll(Collection<Integer> shards) {
		this.shards.poll(shards);
	}

	// Publishing

	/**
	 * Find a place for a message that is about to be stored.
	 * @return the lease of its shard, with epoch 0 if it is to be fetched, or
	 * {@code null} if this instance owns no shard
	 */
	synchronized @Nullable ShardLease place(String type, String messageId) {
		return this.handovers.place(type, messageId);
	}

	/**
	 * The message comes now, or never.
	 */
	synchronized void release(String type, String messageId) {
		this.handovers.release(type, messageId);
	}

	/**
	 * Take over a committed message from its publisher, for which there is a place.
	 */
	synchronized void handOver(ShardLease claim, StoredMessage message) {
		this.handovers.handOver(claim, message);
	}

	// Exchanging with the store

	synchronized Set<String> openTypes() {
		return this.queues.openTypes();
	}

	synchronized int room() {
		return this.queues.room();
	}

	synchronized boolean isSuspectKnown() {
		return this.shards.isSuspectKnown();
	}

	synchronized List<ShardTurn> turns(List<Ended> ended, boolean all, int batchSize) {
		this.queues.measure();
		return this.intake.turns(ended, all, batchSize);
	}

	synchronized void apply(List<ShardTurn> turns, Exchanged exchanged, int batchSize) {
		this.intake.apply(turns, exchanged, batchSize);
	}

	// Delivering

	/**
	 * Stop or resume a handler's deliveries.
	 * @return whether there is such a handler
	 */
	synchronized boolean pause(String handler, boolean paused) {
		boolean found = this.queues.pause(handler, paused);
		this.shards.rescanAll();
		return found;
	}

	synchronized boolean isPaused(String handler) {
		return this.queues.isPaused(handler);
	}

	/**
	 * Start what stood still while it was not certain that the shards are ours.
	 */
	synchronized void resume() {
		this.queues.resume();
	}

	/**
	 * Return a worker's next message, or {@code null} if there is none: then the worker
	 * is no longer counted.
	 */
	synchronized @Nullable Entry next(HandlerQueue queue) {
		return this.queues.next(queue);
	}

	/**
	 * End one delivery, and return the next message of the same worker.
	 */
	synchronized @Nullable Entry next(Ended before) {
		ended(before);
		return this.queues.next(before.entry().queue);
	}

	/**
	 * Replace a worker that does not come back.
	 */
	synchronized void abandon(HandlerQueue queue) {
		this.queues.abandon(queue);
	}

	synchronized boolean isIdle() {
		return this.queues.isIdle();
	}

	/**
	 * A delivery has ended. The key goes on at once if the message was delivered, else
	 * when the store has the message in its new place. If the shard is another's by now,
	 * it does not matter.
	 */
	synchronized void ended(Ended end) {
		Entry entry = end.entry();
		entry.queue.ended();
		if (!entry.board.gone) {
			this.acknowledger.add(end);
			if (end.outcome() instanceof Outcome.Delivered) {
				advance(entry);
			}
		}
	}

	/**
	 * Return what the store does not know yet, as much as fits into an exchange.
	 */
	synchronized List<Ended> unsettled() {
		return this.acknowledger.next();
	}

	synchronized void settled(List<Ended> ended) {
		ended.forEach(this::settled);
		this.acknowledger.settled();
	}

	private void settled(Ended end) {
		Entry entry = end.entry();
		entry.board.forget(entry);
		if (end.outcome() instanceof Outcome.Later later && entry.holdsKey(later)) {
			entry.board.forgetSuccessors(entry);
		}
		else if (!(end.outcome() instanceof Outcome.Delivered)) {
			advance(entry);
		}
		if (entry.holdsKeyInStore()) {
			entry.board.scan.restart();
		}
	}

	private void advance(Entry entry) {
		Entry next = entry.board.advance(entry);
		if (next != null) {
			this.queues.ready(next);
		}
	}

}
