package io.github.resiliencestarter.benchmarks.outbox;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * Where every library's handler ends: it does nothing but note the time.
 */
public final class Deliveries {

	private static final Duration PATIENCE = Duration.ofMinutes(5);

	private static volatile Deliveries current = new Deliveries(0);

	private final CountDownLatch gate = new CountDownLatch(1);

	private final AtomicLongArray times;

	private final AtomicInteger count = new AtomicInteger();

	private Deliveries(int expected) {
		this.times = new AtomicLongArray(expected);
	}

	/**
	 * Begin a phase in which handlers wait until they are let go.
	 * @param expected how many messages will come
	 * @return what comes
	 */
	static Deliveries hold(int expected) {
		Deliveries deliveries = new Deliveries(expected);
		current = deliveries;
		return deliveries;
	}

	/**
	 * End the handlers' wait.
	 */
	void letGo() {
		this.gate.countDown();
	}

	/**
	 * Begin a phase.
	 * @param expected how many messages will come
	 * @return what comes
	 */
	static Deliveries expect(int expected) {
		Deliveries deliveries = hold(expected);
		deliveries.letGo();
		return deliveries;
	}

	/**
	 * Note a message of the current phase; a repeated delivery is ignored.
	 * @param order the message
	 */
	public static void handle(OrderPlaced order) {
		Deliveries deliveries = current;
		deliveries.pass();
		if (order.number() < deliveries.times.length()
				&& deliveries.times.compareAndSet(order.number(), 0, System.nanoTime())) {
			deliveries.count.incrementAndGet();
		}
	}

	private void pass() {
		try {
			this.gate.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	void await() {
		long until = System.nanoTime() + PATIENCE.toNanos();
		while (this.count.get() < this.times.length()) {
			if (System.nanoTime() > until) {
				throw new IllegalStateException("Only %d of %d messages came within %s".formatted(this.count.get(),
						this.times.length(), PATIENCE));
			}
			LockSupport.parkNanos(1_000_000);
		}
	}

	/**
	 * Return when a message was handled.
	 */
	long time(int number) {
		return this.times.get(number);
	}

	/**
	 * Return the messages a second between the first and the last.
	 */
	double rate() {
		LongStream sorted = LongStream.range(0, this.times.length())
			.map((number) -> this.times.get((int) number))
			.sorted();
		long[] times = sorted.toArray();
		return (times.length - 1) * 1e9 / (times[times.length - 1] - times[0]);
	}

}
