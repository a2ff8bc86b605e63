package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.springframework.core.Ordered;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionSynchronization;

/**
 * The messages of one transaction. They are stored in one go just before the commit, so
 * what a savepoint takes back was never stored; afterwards they are handed over. Bound to
 * the transaction's thread.
 * <p>
 * Spring gives a transaction up, neither committed nor rolled back, when a callback
 * throws a {@link TransactionException} before the commit, and drivers commit it when the
 * connection goes back. So none is thrown from here, and what somebody else's has left
 * without its messages is rolled back.
 */
final class PublicationBuffer implements TransactionSynchronization {

	private final Publisher publisher;

	private final List<Publication> messages = new ArrayList<>();

	private final Map<Object, Integer> savepoints = new LinkedHashMap<>();

	private final List<Consumer<Boolean>> afterCompletion = new ArrayList<>();

	private boolean closed;

	private boolean waits;

	PublicationBuffer(Publisher publisher) {
		this.publisher = publisher;
	}

	boolean belongsTo(Publisher other) {
		return this.publisher == other;
	}

	void add(Publication message) {
		if (this.closed) {
			throw Publisher.noTransaction("the transaction is already committed: publish before it commits");
		}
		this.messages.add(message);
	}

	/**
	 * Say whether {@link #close} will be called after all callbacks.
	 */
	void mayWait(boolean waits) {
		this.waits = waits;
	}

	private void storeAll() {
		if (!this.messages.isEmpty()) {
			try {
				this.afterCompletion.add(this.publisher.store(List.copyOf(this.messages)));
			}
			catch (TransactionException ex) {
				throw new TransientDataAccessResourceException("The transaction's messages could not be stored", ex);
			}
			this.messages.clear();
		}
	}

	void close() {
		storeAll();
		this.closed = true;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void savepoint(Object savepoint) {
		this.savepoints.put(savepoint, this.messages.size());
	}

	@Override
	public void savepointRollback(Object savepoint) {
		int kept = this.savepoints.getOrDefault(savepoint, 0);
		while (this.messages.size() > kept) {
			this.messages.remove(this.messages.size() - 1);
		}
	}

	@Override
	public void beforeCommit(boolean readOnly) {
		if (!this.waits) {
			storeAll();
		}
	}

	@Override
	public void afterCompletion(int status) {
		this.closed = true;
		if (status == STATUS_UNKNOWN && !this.messages.isEmpty()) {
			this.publisher.rollBack();
		}
		this.afterCompletion.forEach((action) -> action.accept(status == STATUS_COMMITTED));
	}

}
