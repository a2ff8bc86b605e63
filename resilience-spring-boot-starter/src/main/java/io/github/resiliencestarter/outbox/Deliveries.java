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

	private final Set<Delivery> underWay = ConcurrentHashMap.newKeySet();

	private final Dispatcher dispatcher;

	private final Acknowledger acknowledger;

	private final Attempt attempt;

	private final MonotonicClock clock;

	private final Runnable wakeRelay;

	Deliveries(Acknowledger acknowledger, Attempt attempt, MonotonicClock clock, BooleanSupplier maySend,
			Runnable wakeRelay) {
		this.dispatcher = new Dispatcher(maySend, this::startWorker);
		this.acknowledger = acknowledger;
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
		Objects.requireNonNull(this.workers).execute(() -> work(queue));
	}

	private static CustomizableThreadFactory daemons(String prefix) {
		CustomizableThreadFactory threads = new CustomizableThreadFactory(prefix);
		threads.setDaemon(true);
		return threads;
	}

	Dispatcher dispatcher() {
		return this.dispatcher;
	}

	private void work(HandlerQueue queue) {
		Entry entry;
		while ((entry = this.dispatcher.next(queue)) != null) {
			if (!deliver(entry)) {
				return;
			}
		}
	}

	/**
	 * Deliver a message.
	 * @return whether the worker still has its place: after a time-out another has it
	 */
	private boolean deliver(Entry entry) {
		MessageHandler handler = entry.queue.handler;
		Outcome outcome = this.attempt.foregone(entry.message);
		if (outcome != null) {
			end(entry, outcome);
			return true;
		}
		long endsAt = this.clock.nanoTime() + handler.policy().timeoutNanos();
		Delivery delivery = new Delivery(entry, endsAt);
		TimeBudget budget = TimeBudget.ofThread();
		long unlimited = budget.shortenTo(endsAt);
		this.underWay.add(delivery);
		try {
			outcome = this.attempt.run(entry.message, handler);
		}
		finally {
			budget.restore(unlimited);
			this.underWay.remove(delivery);
		}
		boolean inTime = delivery.end();
		boolean interrupted = Thread.interrupted();
		if (!inTime) {
			logger.debug("Message {} came back late, interrupted: {}", entry.message.messageId(), interrupted);
			return false;
		}
		end(entry, outcome);
		return true;
	}

	private void endOverdue() {
		long now = this.clock.nanoTime();
		for (Delivery delivery : this.underWay) {
			if (delivery.isOverdue(now) && delivery.interrupt()) {
				this.underWay.remove(delivery);
				Entry entry = delivery.entry;
				end(entry, this.attempt.timedOut(entry.message, entry.queue.handler));
				this.dispatcher.abandon(entry.queue);
			}
		}
	}

	private void end(Entry entry, Outcome outcome) {
		if (this.dispatcher.ended(entry, outcome)) {
			count(entry.queue.handler, outcome, entry);
			this.acknowledger.add(new Ended(entry, outcome));
			this.wakeRelay.run();
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

}
