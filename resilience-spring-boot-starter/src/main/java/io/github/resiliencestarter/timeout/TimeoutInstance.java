package io.github.resiliencestarter.timeout;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * One method's time-out: its name, and what it has seen. Thread-safe.
 */
final class TimeoutInstance {

	private final String name;

	private final Watch watch;

	private final int inTime;

	private final LongAdder success = new LongAdder();

	private final LongAdder timeout = new LongAdder();

	private final AtomicInteger leftBehind = new AtomicInteger();

	TimeoutInstance(String name, Watch watch) {
		this.name = name;
		this.watch = watch;
		this.inTime = watch.newCounter();
	}

	String name() {
		return this.name;
	}

	void succeededOn(Slot slot) {
		slot.countInTime(this.inTime);
	}

	void succeeded() {
		this.success.increment();
	}

	int leftBehind() {
		return this.leftBehind.get();
	}

	void leaveBehind() {
		this.leftBehind.incrementAndGet();
	}

	void caughtUp() {
		this.leftBehind.decrementAndGet();
	}

	/**
	 * Make the exception of a call past its limit, and count it unless it only carries
	 * outwards what an inner guard of the same method has counted.
	 * @param left the limit, or what was left of its caller's time, in nanoseconds
	 * @param failure what the method threw, or {@code null}
	 * @return the exception
	 */
	CallTimeoutException timedOut(long left, @Nullable Throwable failure) {
		// where a thread was stopped before it came here, less than nothing is left
		long limit = Math.max(0, left);
		if (failure instanceof CallTimeoutException inner && inner.isFrom(this)) {
			return (inner.limit().toNanos() == limit) ? inner : exception(limit, inner);
		}
		this.timeout.increment();
		TimeoutEvents.timeout(this.name, limit);
		return exception(limit, failure);
	}

	/**
	 * Make the exception of a call that was refused because no thread was free for it.
	 * @param reason why, as a clause
	 * @return the exception
	 */
	OffloadRejectedException rejected(String reason) {
		TimeoutEvents.offloadRejection(this.name, reason);
		return new OffloadRejectedException(this.name, reason);
	}

	private CallTimeoutException exception(long limit, @Nullable Throwable cause) {
		Duration duration = TimeText.rounded(Duration.ofNanos(limit));
		return new CallTimeoutException(this.name + " did not end within " + TimeText.of(duration), duration, cause,
				this);
	}

	boolean isSource(@Nullable Throwable failure) {
		return failure instanceof CallTimeoutException timeout && timeout.isFrom(this);
	}

	TimeoutSnapshot snapshot() {
		return new TimeoutSnapshot(this.name, this.success.sum() + this.watch.inTime(this.inTime), this.timeout.sum(),
				this.leftBehind.get());
	}

}
