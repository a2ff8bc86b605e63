package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

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

	private final Consumer<List<Integer>> announce;

	private final IntSupplier shards;

	Publisher(OutboxStore store, CaptureTable captureTable, Dispatcher dispatcher, IntSupplier shards,
			Consumer<List<Integer>> announce) {
		this.store = store;
		this.captureTable = captureTable;
		this.dispatcher = dispatcher;
		this.shards = shards;
		this.announce = announce;
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
		if (!this.store.isInTransaction()) {
			throw noTransaction("the transaction is not one of the outbox's own DataSource");
		}
	}

	static NoTransactionException noTransaction(String why) {
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
		List<@Nullable ShardLease> claims = new ArrayList<>();
		List<NewMessage> messages = new ArrayList<>();
		for (Publication publication : publications) {
			ShardLease place = isDirect(publication)
					? this.dispatcher.place(publication.type(), publication.messageId()) : null;
			claims.add((place != null && place.epoch() != 0) ? place : null);
			int shard = (place != null) ? place.shard() : shard(publication.key());
			messages.add(publication.at(shard, (place != null) ? place.epoch() : 0));
		}
		List<Appended> appended;
		try {
			appended = this.store.append(messages);
		}
		catch (RuntimeException ex) {
			giveBack(claims, publications);
			throw ex;
		}
		return (committed) -> completed(committed, publications, messages, claims, appended);
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
		return (key != null) ? shard(key, count) : ThreadLocalRandom.current().nextInt(count);
	}

	/**
	 * Tell to which of so many shards a key belongs.
	 */
	static int shard(String key, int count) {
		int hash = key.hashCode();
		return Math.floorMod(hash ^ (hash >>> 16), count);
	}

	private void completed(boolean committed, List<Publication> publications, List<NewMessage> messages,
			List<@Nullable ShardLease> claims, List<Appended> appended) {
		if (!committed) {
			giveBack(claims, publications);
			return;
		}
		List<Integer> toFetch = new ArrayList<>();
		for (int index = 0; index < messages.size(); index++) {
			ShardLease claim = claims.get(index);
			int shard = messages.get(index).shard();
			if (claim != null) {
				this.dispatcher.handOver(claim, publications.get(index).stored(shard, appended.get(index)));
			}
			else {
				toFetch.add(shard);
			}
		}
		if (!toFetch.isEmpty()) {
			this.announce.accept(toFetch);
		}
	}

	private void giveBack(List<@Nullable ShardLease> claims, List<Publication> publications) {
		for (int index = 0; index < claims.size(); index++) {
			if (claims.get(index) != null) {
				this.dispatcher.release(publications.get(index).type(), publications.get(index).messageId());
			}
		}
	}

}
