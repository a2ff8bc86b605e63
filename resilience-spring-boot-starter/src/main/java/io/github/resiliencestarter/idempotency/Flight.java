package io.github.resiliencestarter.idempotency;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * A call under way in this process. Its duplicates wait for it in memory, without a
 * connection, and get its reply from memory.
 */
final class Flight {

	private final CallFingerprint fingerprint;

	private final Thread thread = Thread.currentThread();

	private final CountDownLatch identified = new CountDownLatch(1);

	private final CountDownLatch landed = new CountDownLatch(1);

	private volatile @Nullable StoredReply reply;

	private volatile boolean waitsForTransaction;

	Flight(CallFingerprint fingerprint) {
		this.fingerprint = fingerprint;
	}

	boolean isSameCall(CallFingerprint other) {
		return this.fingerprint.equals(other);
	}

	boolean isOfThisThread() {
		return this.thread == Thread.currentThread();
	}

	/**
	 * This call is the one that its key stands for: it holds the claim, or another
	 * instance holds it for the same call.
	 */
	void identify() {
		this.identified.countDown();
	}

	/**
	 * Wait until it is known whether this call is the one that its key stands for.
	 * @param nanos how long
	 * @return whether that is known
	 */
	boolean awaitIdentity(long nanos) throws InterruptedException {
		return this.identified.await(nanos, TimeUnit.NANOSECONDS);
	}

	boolean hasLanded() {
		return this.landed.getCount() == 0;
	}

	/**
	 * The method has returned, but the transaction around it has not ended.
	 */
	void waitForTransaction() {
		this.waitsForTransaction = true;
	}

	boolean waitsForTransaction() {
		return this.waitsForTransaction;
	}

	void land(@Nullable StoredReply reply) {
		this.reply = reply;
		this.landed.countDown();
		this.identified.countDown();
	}

	/**
	 * Wait for the end.
	 * @param nanos how long
	 * @return whether the call has ended
	 */
	boolean await(long nanos) throws InterruptedException {
		return this.landed.await(nanos, TimeUnit.NANOSECONDS);
	}

	@Nullable StoredReply reply() {
		return this.reply;
	}

}
