package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.github.resiliencestarter.guard.MonotonicClock;
import org.jspecify.annotations.Nullable;

/**
 * The handlers, what is ready for each of them, and their workers. Guarded by the
 * dispatcher's lock.
 */
final class HandlerQueues {

	private final Map<String, HandlerQueue> byType = new HashMap<>();

	private final List<HandlerQueue> queues = new ArrayList<>();

	private final BooleanSupplier maySend;

	private final Consumer<HandlerQueue> startWorker;

	private final MonotonicClock clock;

	HandlerQueues(BooleanSupplier maySend, Consumer<HandlerQueue> startWorker, MonotonicClock clock) {
		this.maySend = maySend;
		this.startWorker = startWorker;
		this.clock = clock;
	}

	void handle(Collection<MessageHandler> handlers) {
		this.queues.clear();
		for (MessageHandler handler : handlers) {
			HandlerQueue queue = new HandlerQueue(handler);
			this.queues.add(queue);
			handler.types().forEach((type) -> this.byType.put(type, queue));
		}
	}

	@Nullable HandlerQueue of(String type) {
		return this.byType.get(type);
	}

	boolean maySend() {
		return this.maySend.getAsBoolean();
	}

	Set<String> openTypes() {
		Set<String> types = new HashSet<>();
		this.byType.forEach((type, queue) -> {
			if (queue.room() > 0) {
				types.add(type);
			}
		});
		return types;
	}

	int room() {
		return this.queues.stream().mapToInt((queue) -> Math.max(0, queue.room())).sum();
	}

	int portion() {
		return this.queues.stream().mapToInt((queue) -> Math.max(0, queue.portion())).sum();
	}

	void measure() {
		long now = this.clock.nanoTime();
		this.queues.forEach((queue) -> queue.measure(now));
	}

	void ready(Entry entry) {
		entry.queue.ready.add(entry);
		start(entry.queue);
	}

	private void start(HandlerQueue queue) {
		if (queue.isFree() && !queue.paused && maySend()) {
			queue.workerStarts(this.clock.nanoTime());
			this.startWorker.accept(queue);
		}
	}

	void withdraw(ShardBoard board) {
		this.queues.forEach((queue) -> queue.ready.removeIf((entry) -> entry.board == board));
	}

	boolean pause(String handler, boolean paused) {
		boolean found = false;
		for (HandlerQueue queue : this.queues) {
			if (queue.handler.name().equals(handler)) {
				queue.paused = paused;
				found = true;
			}
		}
		resume();
		return found;
	}

	boolean isPaused(String handler) {
		return this.queues.stream().anyMatch((queue) -> queue.paused && queue.handler.name().equals(handler));
	}

	void resume() {
		for (HandlerQueue queue : this.queues) {
			for (int waiting = queue.ready.size(); waiting > 0 && queue.isFree(); waiting--) {
				start(queue);
			}
		}
	}

	@Nullable Entry next(HandlerQueue queue) {
		Entry entry = (maySend() && !queue.paused) ? queue.ready.poll() : null;
		if (entry == null) {
			queue.workerEnds(this.clock.nanoTime());
		}
		else {
			entry.sent = true;
		}
		return entry;
	}

	void abandon(HandlerQueue queue) {
		queue.workerEnds(this.clock.nanoTime());
		if (!queue.ready.isEmpty()) {
			start(queue);
		}
	}

	boolean isIdle() {
		return this.queues.stream().allMatch(HandlerQueue::isIdle);
	}

}
