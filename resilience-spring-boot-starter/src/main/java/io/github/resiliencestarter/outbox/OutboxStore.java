package io.github.resiliencestarter.outbox;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Where messages are between their publication and their delivery. All times are compared
 * by the store's own clock. Thread-safe.
 * <p>
 * A message is in exactly one of three places, and these are all the ways between them:
 * <pre>
 *             append             exchange (delivered)
 * publisher ─────────▶ outbox ──────────────────────────▶ gone
 *                        │  │                               ▲
 *      exchange (parked) │  │ exchange (buried)             │ discard
 *      acquire (suspect) ▼  └─────────────┐                 │
 *                      later ─────────────┴───────────▶ dead
 *                        ▲    exchange (buried)             │
 *                        └──────────────────────────────────┘ redeliver
 * </pre>
 */
public interface OutboxStore {

	/**
	 * Create the leases if there are none yet.
	 * @param shards how many there shall be
	 * @return how many there are
	 */
	int prepare(int shards);

	/**
	 * Tell whether the calling thread's transaction is one of this store.
	 * @return whether what is appended now commits with it
	 */
	boolean isInTransaction();

	/**
	 * Tell whether the calling thread's transaction has ended, although its callbacks are
	 * still called.
	 * @return whether it is too late to append something
	 */
	boolean isTransactionOver();

	/**
	 * Do something as the last thing in the transaction of the calling thread, after all
	 * callbacks, so that what is appended there can go along with the commit.
	 * @param action what to do; the transaction fails with it
	 * @return whether that will be done; otherwise that moment may have passed, and the
	 * caller has to do it at once
	 */
	boolean performLast(Runnable action);

	/**
	 * Undo what the calling thread's transaction has done, because nobody else decides.
	 */
	void rollBack();

	/**
	 * Tell whether {@link #append} returns something.
	 * @return whether messages can be delivered without being fetched
	 */
	boolean returnsAppended();

	/**
	 * Store messages in the current transaction of the calling thread, at the latest with
	 * its commit.
	 * @param messages the messages
	 * @param wanted whether anybody wants to know what they were given
	 * @return what each of them was given, complete when the transaction has committed;
	 * nothing if that is not wanted, or if the store cannot tell
	 */
	List<Appended> append(List<NewMessage> messages, boolean wanted);

	/**
	 * Report that an instance is alive, which renews its leases.
	 * @param owner the instance
	 * @param lease how long it is taken for alive
	 * @return what it learns
	 */
	Attendance attend(String owner, Duration lease);

	/**
	 * Take leases that nobody holds. Messages that may be under way with an owner that
	 * died become ambiguous and have used an attempt.
	 * @param owner the instance
	 * @param most how many leases at most
	 * @param lease how long they last
	 * @return the leases
	 */
	List<ShardLease> acquire(String owner, int most, Duration lease);

	/**
	 * Give leases back.
	 * @param owner the instance
	 * @param leases the leases, each with the messages of which the instance does not
	 * know what became of them
	 */
	void release(String owner, Map<ShardLease, List<Long>> leases);

	/**
	 * Leave the circle of instances among whom the shards are shared.
	 * @param owner the instance
	 */
	void leave(String owner);

	/**
	 * Open the instance's session, where the store knows something of the kind.
	 * @param owner the instance
	 * @return the session, or {@code null}
	 */
	@Nullable OutboxSession openSession(String owner);

	/**
	 * Tell other instances, where that is possible, of messages that have committed.
	 * @param committed the messages, by shard
	 */
	void announce(Collection<Committed> committed);

	/**
	 * Settle, record and fetch in one transaction.
	 * @param exchange what to do
	 * @return what came of it
	 */
	Exchanged exchange(Exchange exchange);

	/**
	 * Count.
	 * @return the figures
	 */
	OutboxFigures figures();

	/**
	 * List the leases.
	 * @return the leases by shard
	 */
	List<LeaseState> leases();

	/**
	 * Look at the messages of an ordering key.
	 * @param shard the shard it belongs to
	 * @param key the key
	 * @return what there is
	 */
	KeyState key(int shard, String key);

	/**
	 * List messages that were given up, the latest first.
	 * @param handler of this handler only, or {@code null} for all
	 * @param most how many at most
	 * @return the messages
	 */
	List<DeadLetter> dead(@Nullable String handler, int most);

	/**
	 * Deliver messages again that were given up, with all their attempts before them.
	 * @param messageId the message, or {@code null} for all
	 * @param handler of this handler only, or {@code null} for all
	 * @return how many there were
	 */
	int redeliver(@Nullable String messageId, @Nullable String handler);

	/**
	 * Delete a message that was given up.
	 * @param messageId the message
	 * @return whether there was one
	 */
	boolean discard(String messageId);

}
