package io.github.resiliencestarter.idempotency;

import java.util.function.Consumer;

import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Watches how a transaction ends. Comes last of all who look: when it has been asked
 * before the commit, nothing but the commit itself can fail any more.
 */
final class TransactionEnd implements TransactionSynchronization {

	private final Consumer<Boolean> whenOver;

	private boolean reachedCommit;

	private int status = STATUS_UNKNOWN;

	private TransactionEnd(Consumer<Boolean> whenOver) {
		this.whenOver = whenOver;
	}

	/**
	 * Watch the transaction of this thread.
	 * @return the watch
	 */
	static TransactionEnd watch() {
		return whenOver((committed) -> {
		});
	}

	/**
	 * Be told when the transaction of this thread is over.
	 * @param whenOver is told whether it certainly committed
	 * @return the watch
	 */
	static TransactionEnd whenOver(Consumer<Boolean> whenOver) {
		TransactionEnd end = new TransactionEnd(whenOver);
		TransactionSynchronizationManager.registerSynchronization(end);
		return end;
	}

	boolean reachedCommit() {
		return this.reachedCommit;
	}

	boolean committed() {
		return this.status == STATUS_COMMITTED;
	}

	boolean isUnknown() {
		return this.status == STATUS_UNKNOWN;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void beforeCommit(boolean readOnly) {
		this.reachedCommit = true;
	}

	@Override
	public void afterCompletion(int status) {
		this.status = status;
		this.whenOver.accept(committed());
	}

}
