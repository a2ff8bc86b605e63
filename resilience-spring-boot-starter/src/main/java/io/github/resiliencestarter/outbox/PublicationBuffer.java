package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionSynchronization;

/**
 * The messages of one transaction. They are stored in one go as the last thing before the
 * commit, so what a savepoint takes back was never stored; afterwards they are handed
 * over. Where that moment has passed, because the commit itself calls somebody who
 * publishes (JPA's entity listeners), or where nobody says when it comes, each message is
 * stored at once. Bound to the transaction's thread.
 * <p>
 * The moment is not {@link #beforeCommit}: who publishes for the first time in such a
 * callback comes too late for that one.
 * <p>
 * Spring gives a transaction up, neither committed nor rolled back, when a callback
 * throws a {@link TransactionException} before the commit, and drivers commit it when the
 * connection goes back. So none is thrown from here, and what somebody else's has left
 * without its messages is rolled back.
 */
final class PublicationBuffer implements TransactionSynchronization {

	private final Publisher publisher;

	private final List<Publication> messages = new ArrayList<>();

	private final Map<Object, Mark> savepoints = new HashMap<>();

	private final List<Consumer<Boolean>> afterCompletion = new ArrayList<>();

	private boolean waits;

	PublicationBuffer(Publisher publisher) {
		this.publisher = publisher;
	}

	boolean belongsTo(Publisher other) {
		return this.publisher == other;
	}

	void add(Publication message) {
		this.messages.add(message);
		if (!this.waits) {
			storeAll();
		}
	}

	/**
	 * Say whether {@link #close} will be called after all callbacks.
	 */
	void mayWait(boolean waits) {
		this.waits = waits;
	}

	/**
	 * Store what there is, and from now on each message at once.
	 */
	void close() {
		storeAll();
		this.waits = false;
	}

	private void storeAll() {
		List<Publication> all = List.copyOf(this.messages);
		this.messages.clear();
		if (!all.isEmpty()) {
			try {
				this.afterCompletion.add(this.publisher.store(all));
			}
			catch (TransactionException ex) {
				throw new TransientDataAccessResourceException("The transaction's messages could not be stored", ex);
			}
		}
	}

	@Override
	public void savepoint(Object savepoint) {
		this.savepoints.put(savepoint, new Mark(this.messages.size(), this.afterCompletion.size()));
	}

	@Override
	public void savepointRollback(Object savepoint) {
		Mark kept = this.savepoints.getOrDefault(savepoint, Mark.BEGINNING);
		this.messages.subList(Math.min(kept.waiting, this.messages.size()), this.messages.size()).clear();
		List<Consumer<Boolean>> undone = this.afterCompletion.subList(kept.stored, this.afterCompletion.size());
		undone.forEach((action) -> action.accept(false));
		undone.clear();
	}

	@Override
	public void afterCompletion(int status) {
		if (status == STATUS_UNKNOWN && !this.messages.isEmpty()) {
			this.publisher.rollBack();
		}
		this.afterCompletion.forEach((action) -> action.accept(status == STATUS_COMMITTED));
	}

	/**
	 * How much there was at a savepoint.
	 *
	 * @param waiting messages that waited
	 * @param stored how often messages had been stored
	 */
	private record Mark(int waiting, int stored) {

		static final Mark BEGINNING = new Mark(0, 0);

	}

}
