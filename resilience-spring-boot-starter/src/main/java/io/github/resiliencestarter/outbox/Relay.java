package io.github.resiliencestarter.outbox;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.resiliencestarter.guard.MonotonicClock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of an instance that talks to the store: it renews the leases, and
 * exchanges as much as can be done in one go whenever there is something. Deliveries
 * never wait for it, and it never waits for them.
 */
final class Relay implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(Relay.class);

	private static final long LONGEST_RECOVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

	private final OutboxStore store;

	private final LeaseKeeper leases;

	private final Dispatcher dispatcher;

	private final Exchanger exchanger;

	private final MonotonicClock clock;

	private final long beatNanos;

	private volatile @Nullable Thread thread;

	private volatile boolean signalled;

	private volatile boolean stopping;

	private volatile boolean hurried;

	/** From which id, by shard. */
	private final Map<Integer, Long> toAnnounce = new ConcurrentHashMap<>();

	private long nextBeat;

	private int failures;

	Relay(OutboxStore store, LeaseKeeper leases, Dispatcher dispatcher, Exchanger exchanger, MonotonicClock clock,
			long beatNanos) {
		this.store = store;
		this.leases = leases;
		this.dispatcher = dispatcher;
		this.exchanger = exchanger;
		this.clock = clock;
		this.beatNanos = beatNanos;
	}

	/**
	 * Begin, for the first time or again: contexts may be stopped and started.
	 */
	void start() {
		this.stopping = false;
		this.nextBeat = this.clock.nanoTime();
		this.leases.startSending();
		Thread begun = new Thread(this, "outbox-relay");
		begun.setDaemon(true);
		this.thread = begun;
		begun.start();
	}

	void wake() {
		if (!this.signalled) {
			this.signalled = true;
			LockSupport.unpark(this.thread);
		}
	}

	/**
	 * Look for shards to take at once.
	 */
	void hurry() {
		this.hurried = true;
		wake();
	}

	/**
	 * Tell the other instances of committed messages in their shards.
	 */
	void announce(List<Committed> committed) {
		committed.forEach((each) -> this.toAnnounce.merge(each.shard(), each.from(), Math::min));
		wake();
	}

	/**
	 * End, and wait for it: deliveries under way get the time to end, the rest is handed
	 * over to the other instances.
	 */
	void stop(Duration patience) throws InterruptedException {
		this.leases.stopSending();
		long until = this.clock.nanoTime() + patience.toNanos();
		while (!this.dispatcher.isIdle() && this.clock.nanoTime() < until) {
			this.clock.sleep(TimeUnit.MILLISECONDS.toNanos(5));
		}
		this.stopping = true;
		Thread begun = this.thread;
		if (begun != null) {
			LockSupport.unpark(begun);
			begun.join(TimeUnit.SECONDS.toMillis(5));
		}
	}

	@Override
	public void run() {
		while (!this.stopping) {
			this.signalled = false;
			try {
				boolean busy = turn();
				this.failures = 0;
				if (!busy) {
					pause(Math.min(this.nextBeat, this.exchanger.nextDue()) - this.clock.nanoTime());
				}
			}
			catch (RuntimeException | Error ex) {
				// nobody else would do this thread's work
				recover(ex);
			}
		}
		handOver();
	}

	private void pause(long nanos) {
		if (!this.signalled && !this.stopping && nanos > 0) {
			LockSupport.parkNanos(nanos);
		}
	}

	/**
	 * A database that is away is asked again soon, but not by all instances at once.
	 */
	private void recover(Throwable failure) {
		this.failures++;
		if (this.failures == 1) {
			logger.warn("The outbox cannot reach its store and tries again until it can", failure);
		}
		else {
			logger.debug("The outbox still cannot reach its store", failure);
		}
		long limit = Math.min(LONGEST_RECOVERY_NANOS, TimeUnit.MILLISECONDS.toNanos(50) << Math.min(this.failures, 10));
		long until = this.clock.nanoTime() + ThreadLocalRandom.current().nextLong(limit);
		while (!this.stopping && this.clock.nanoTime() < until) {
			LockSupport.parkNanos(until - this.clock.nanoTime());
		}
		this.nextBeat = this.clock.nanoTime();
	}

	private boolean turn() {
		long now = this.clock.nanoTime();
		announce();
		if (now >= this.nextBeat || this.hurried) {
			this.hurried = false;
			Attendance attendance = this.leases.beat(this.dispatcher);
			this.nextBeat = now + this.beatNanos;
			this.exchanger.dueIn(now, attendance.nextDueMillis());
		}
		return this.exchanger.exchange(now);
	}

	private void announce() {
		if (!this.toAnnounce.isEmpty()) {
			List<Committed> committed = this.toAnnounce.entrySet()
				.stream()
				.map((each) -> new Committed(each.getKey(), each.getValue()))
				.toList();
			committed.forEach((each) -> this.toAnnounce.remove(each.shard(), each.from()));
			this.store.announce(committed);
		}
	}

	private void handOver() {
		try {
			this.exchanger.settleAll();
			this.leases.leave(this.dispatcher);
		}
		catch (RuntimeException ex) {
			logger.warn("The outbox cannot hand over its shards: they are taken over when their leases expire", ex);
		}
	}

}
