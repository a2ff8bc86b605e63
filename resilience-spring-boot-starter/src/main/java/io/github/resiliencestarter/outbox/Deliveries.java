package io.github.resiliencestarter.outbox;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The workers: each takes a handler's next message until there is none, and one thread
 * watches that no delivery takes longer than it may.
 */
final class Deliveries {

	private static final Logger logger = LoggerFactory.getLogger(Deliveries.class);

	private static final long WATCH_MILLIS = 20;

	private volatile @Nullable ExecutorService workers;

	private volatile @Nullable ScheduledExecutorService watch;

	private final Set<Worker> busy = ConcurrentHashMap.newKeySet();

	private final Dispatcher dispatcher;

	private final Attempt attempt;

	private final MonotonicClock clock;

	private final Runnable wakeRelay;

	Deliveries(Attempt attempt, MonotonicClock clock, BooleanSupplier maySend, Runnable wakeRelay) {
		this.dispatcher = new Dispatcher(maySend, this::startWorker, clock);
		this.attempt = attempt;
		this.clock = clock;
		this.wakeRelay = wakeRelay;
	}

	/**
	 * Begin, for the first time or again.
	 */
	void open() {
		this.workers = Executors.newCachedThreadPool(daemons("outbox-delivery-"));
		ScheduledExecutorService begun = Executors.newSingleThreadScheduledExecutor(daemons("outbox-watch-"));
		begun.scheduleWithFixedDelay(this::endOverdue, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
		this.watch = begun;
	}

	private void startWorker(HandlerQueue queue) {
		Objects.requireNonNull(this.workers).execute(new Worker(queue));
	}

	private static CustomizableThreadFactory daemons(String prefix) {
		CustomizableThreadFactory threads = new CustomizableThreadFactory(prefix);
		threads.setDaemon(true);
		return threads;
	}

	Dispatcher dispatcher() {
		return this.dispatcher;
	}

	/**
	 * Call the handler.
	 * @return what came of it, or {@code null} if that came too late
	 */
	private @Nullable Outcome deliver(Entry entry, Worker worker) {
		MessageHandler handler = entry.queue.handler;
		Outcome outcome = this.attempt.foregone(entry.message);
		if (outcome != null) {
			return outcome;
		}
		long endsAt = this.clock.nanoTime() + handler.policy().timeoutNanos();
		Delivery delivery = new Delivery(entry, endsAt);
		TimeBudget budget = TimeBudget.ofThread();
		long unlimited = budget.shortenTo(endsAt);
		worker.underWay = delivery;
		try {
			outcome = this.attempt.run(entry.message, handler);
		}
		finally {
			budget.restore(unlimited);
			worker.underWay = null;
		}
		boolean inTime = delivery.end();
		boolean interrupted = Thread.interrupted();
		if (!inTime) {
			logger.debug("Message {} came back late, interrupted: {}", entry.message.messageId(), interrupted);
			return null;
		}
		return outcome;
	}

	private void endOverdue() {
		long now = this.clock.nanoTime();
		for (Worker worker : this.busy) {
			Delivery delivery = worker.underWay;
			if (delivery != null && delivery.isOverdue(now) && delivery.interrupt()) {
				Entry entry = delivery.entry;
				Ended end = new Ended(entry, this.attempt.timedOut(entry.message, entry.queue.handler));
				count(end);
				this.dispatcher.ended(end);
				this.dispatcher.abandon(entry.queue);
				this.wakeRelay.run();
			}
		}
	}

	private static void count(Ended end) {
		if (!end.entry().board.gone) {
			count(end.entry().queue.handler, end.outcome(), end.entry());
		}
	}

	private static void count(MessageHandler handler, Outcome outcome, Entry entry) {
		Counts counts = handler.counts();
		if (outcome instanceof Outcome.Delivered) {
			counts.delivered.increment();
		}
		else if (outcome instanceof Outcome.Dead dead) {
			counts.failed.increment();
			counts.dead.increment();
			logger.warn("Handler {} gave up message {} after {} attempts: {}", handler.name(),
					entry.message.messageId(), dead.attempts(), dead.error());
		}
		else if (outcome instanceof Outcome.Later later && later.error() != null) {
			if (later.attempts() > entry.message.attempts()) {
				counts.failed.increment();
			}
			counts.retried.increment();
			logger.debug("Handler {} gets message {} again in {} ms: {}", handler.name(), entry.message.messageId(),
					later.waitMillis(), later.error());
		}
	}

	void close() {
		Objects.requireNonNull(this.watch).shutdownNow();
		Objects.requireNonNull(this.workers).shutdown();
	}

	/**
	 * Delivers one message after the other, until there is none or one takes too long:
	 * then another worker has its place.
	 */
	private final class Worker implements Runnable {

		private final HandlerQueue queue;

		private volatile @Nullable Delivery underWay;

		private Worker(HandlerQueue queue) {
			this.queue = queue;
		}

		@Override
		public void run() {
			Deliveries.this.busy.add(this);
			try {
				Entry entry = Deliveries.this.dispatcher.next(this.queue);
				while (entry != null) {
					Outcome outcome = deliver(entry, this);
					entry = (outcome != null) ? next(new Ended(entry, outcome)) : null;
				}
			}
			finally {
				Deliveries.this.busy.remove(this);
			}
		}

		private @Nullable Entry next(Ended end) {
			count(end);
			Entry next = Deliveries.this.dispatcher.next(end);
			Deliveries.this.wakeRelay.run();
			return next;
		}

	}

}
