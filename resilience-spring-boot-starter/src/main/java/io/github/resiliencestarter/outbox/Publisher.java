package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

import io.github.resiliencestarter.guard.MonotonicClock;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Puts messages into the current transaction. A message with a key belongs to the shard
 * that its key determines; one without goes to a shard of this instance, which delivers
 * it right after the commit without reading it back.
 */
final class Publisher {

	private final OutboxStore store;

	private final CaptureTable captureTable;

	private final Dispatcher dispatcher;

	private final Consumer<List<Committed>> announce;

	private final IntSupplier shards;

	private final IdFloor floor;

	private final ShardRotation rotation = new ShardRotation();

	Publisher(OutboxStore store, CaptureTable captureTable, Dispatcher dispatcher, IntSupplier shards,
			Consumer<List<Committed>> announce, MonotonicClock clock) {
		this.store = store;
		this.captureTable = captureTable;
		this.dispatcher = dispatcher;
		this.shards = shards;
		this.announce = announce;
		this.floor = new IdFloor(clock);
	}

	void publish(Publication message) {
		verifyTransaction();
		buffer().add(message);
	}

	PublicationBuffer buffer() {
		for (TransactionSynchronization each : TransactionSynchronizationManager.getSynchronizations()) {
			if (each instanceof PublicationBuffer buffer && buffer.belongsTo(this)) {
				return buffer;
			}
		}
		PublicationBuffer buffer = new PublicationBuffer(this);
		TransactionSynchronizationManager.registerSynchronization(buffer);
		buffer.mayWait(this.store.performLast(buffer::close));
		return buffer;
	}

	void verifyTransaction() {
		if (!TransactionSynchronizationManager.isActualTransactionActive()
				|| !TransactionSynchronizationManager.isSynchronizationActive()) {
			throw noTransaction("there is no transaction: call it in a @Transactional method or a TransactionTemplate");
		}
		if (TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
			throw noTransaction("the transaction is read-only");
		}
		if (this.store.isTransactionOver()) {
			throw noTransaction("this one is over: publish before it commits, or in one of its own (REQUIRES_NEW)");
		}
		if (!this.store.isInTransaction()) {
			throw noTransaction("the transaction is not one of the outbox's own DataSource");
		}
	}

	private static NoTransactionException noTransaction(String why) {
		return new NoTransactionException("A message shares the fate of a transaction, and " + why + ".");
	}

	/**
	 * Store messages in the current transaction.
	 * @return what to do afterwards, told whether the transaction committed
	 */
	Consumer<Boolean> store(List<Publication> all) {
		List<Publication> publications = withoutCaptured(all);
		if (publications.isEmpty()) {
			return (committed) -> {
			};
		}
		List<Placed> messages = new ArrayList<>(publications.size());
		List<NewMessage> rows = new ArrayList<>(publications.size());
		boolean claimed = false;
		for (Publication publication : publications) {
			Placed placed = placed(publication);
			messages.add(placed);
			rows.add(placed.message);
			claimed |= placed.claim != null;
		}
		long least = this.floor.next();
		List<Appended> appended;
		try {
			appended = this.store.append(rows, claimed || this.floor.isStale());
		}
		catch (RuntimeException ex) {
			giveBack(messages);
			throw ex;
		}
		return (committed) -> completed(committed, messages, appended, least);
	}

	/**
	 * See to it that a transaction does not commit without its messages.
	 */
	void rollBack() {
		this.store.rollBack();
	}

	private Placed placed(Publication publication) {
		ShardLease place = isDirect(publication) ? this.dispatcher.place(publication.type(), publication.messageId())
				: null;
		if (place != null && place.epoch() != 0) {
			return new Placed(publication, publication.at(place.shard(), place.epoch()), place);
		}
		int shard = (place != null) ? place.shard() : shard(publication.key());
		return new Placed(publication, publication.at(shard, 0), null);
	}

	/**
	 * Leave to change data capture what is not delivered from here.
	 * @return the rest
	 */
	private List<Publication> withoutCaptured(List<Publication> publications) {
		List<CapturedEvent> captured = new ArrayList<>();
		for (Publication publication : publications) {
			if (publication.aggregate() != null) {
				captured.add(publication.captured(publication.aggregate()));
			}
		}
		if (captured.isEmpty()) {
			return publications;
		}
		this.captureTable.write(captured);
		return publications.stream().filter((publication) -> publication.aggregate() == null).toList();
	}

	private boolean isDirect(Publication publication) {
		return publication.key() == null && publication.delayMillis() == 0 && this.store.returnsAppended();
	}

	private int shard(@Nullable String key) {
		int count = this.shards.getAsInt();
		return (key != null) ? shard(key, count) : this.rotation.next(count);
	}

	/**
	 * Tell to which of so many shards a key belongs.
	 */
	static int shard(String key, int count) {
		int hash = key.hashCode();
		return Math.floorMod(hash ^ (hash >>> 16), count);
	}

	private void completed(boolean committed, List<Placed> messages, List<Appended> appended, long least) {
		if (!committed) {
			giveBack(messages);
			return;
		}
		this.floor.learn(appended);
		List<Committed> toFetch = new ArrayList<>();
		for (int index = 0; index < messages.size(); index++) {
			Placed placed = messages.get(index);
			if (placed.claim != null) {
				this.dispatcher.handOver(placed.claim,
						placed.publication.stored(placed.message.shard(), appended.get(index)));
			}
			else {
				long from = appended.isEmpty() ? least : appended.get(index).id();
				toFetch.add(new Committed(placed.message.shard(), from));
			}
		}
		if (!toFetch.isEmpty()) {
			this.announce.accept(toFetch);
		}
	}

	private void giveBack(List<Placed> messages) {
		for (Placed placed : messages) {
			if (placed.claim != null) {
				this.dispatcher.release(placed.publication.type(), placed.publication.messageId());
			}
		}
	}

	/**
	 * A message with its place.
	 *
	 * @param claim the lease in whose name it is delivered from memory, or {@code null}
	 * if it is fetched
	 */
	private record Placed(Publication publication, NewMessage message, @Nullable ShardLease claim) {

	}

}
