package io.github.resiliencestarter.idempotency;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Where calls and their replies are kept: one row is both lock and record. The contract,
 * which a test class checks on every database:
 * <ul>
 * <li>Of several transactions that claim one key at a time, one is granted it. The others
 * learn the outcome, or that it is undecided after a short wait; none fails because of
 * the other, unless its isolation level makes it.</li>
 * <li>What {@link #claim}, {@link #record} and {@link #recordLast} write becomes visible
 * with the caller's transaction, or not at all.</li>
 * <li>All other methods work on a connection of their own and have committed when they
 * return. They give it back at once: waiting is the caller's part.</li>
 * <li>Only the holder of the current token can change a leased call.</li>
 * <li>Past and future are told by the database's clock alone. A key past its retention is
 * as good as absent, whether purged or not.</li>
 * </ul>
 * Thread-safe.
 */
public interface IdempotencyStore {

	/**
	 * Claim a key within the transaction of this thread. The transaction has to
	 * {@link #record} the reply before it commits; one that is rolled back takes the
	 * claim along.
	 * @param request what is asked for
	 * @return what came of it; unless {@link Claim.Granted}, a transaction that was begun
	 * for this call is of no more use
	 */
	Claim claim(ClaimRequest request);

	/**
	 * Claim a key within a transaction that did other work before and goes on afterwards:
	 * whatever the outcome, the transaction is as usable as it was.
	 * @param request what is asked for
	 * @return what came of it
	 */
	Claim claimWithin(ClaimRequest request);

	/**
	 * Add the reply to a claim of this thread's transaction.
	 * @param id the key
	 * @param owner the number that the claim was made with
	 * @param reply the reply
	 */
	void record(IdempotencyId id, long owner, StoredReply reply);

	/**
	 * Add the reply to a claim of this thread's transaction, as the last thing before it
	 * commits, at the latest with its commit, which fails if somebody else has the key.
	 * @param claim what was claimed
	 * @param reply the reply
	 */
	void recordLast(ClaimRequest claim, StoredReply reply);

	/**
	 * Read what is known of a key, in a snapshot of its own.
	 * @param id the key
	 * @return the call, or {@code null} if no call is known
	 */
	@Nullable StoredCall find(IdempotencyId id);

	/**
	 * Claim a key for as long as the owner shows signs of life.
	 * @param request what is asked for; an owner that has the key already is granted it
	 * again
	 * @param lease how long the owner may be silent
	 * @return what came of it, never {@link Claim.Hidden}
	 */
	Claim lease(ClaimRequest request, Duration lease);

	/**
	 * Give a sign of life.
	 * @param id the key
	 * @param token the owner's token
	 * @param lease how long the owner may be silent from now
	 * @return whether the owner still has the key
	 */
	boolean renew(IdempotencyId id, long token, Duration lease);

	/**
	 * Record the reply of a leased call.
	 * @param id the key
	 * @param token the owner's token
	 * @param reply the reply
	 * @return whether the owner still had the key; otherwise nothing has changed
	 */
	boolean complete(IdempotencyId id, long token, StoredReply reply);

	/**
	 * Give a leased key back after a failure: the next call runs.
	 * @param id the key
	 * @param token the owner's token
	 * @return whether the owner still had the key; otherwise nothing has changed
	 */
	boolean release(IdempotencyId id, long token);

	/**
	 * Forget a call, so that the next one with its key runs.
	 * @param id the key
	 * @return whether there was a call to forget
	 */
	boolean forget(IdempotencyId id);

	/**
	 * Remove what is past: replies after their time to live, rows after their retention.
	 * @param most how many rows to touch at most
	 * @return how many rows were touched
	 */
	int purge(int most);

	/**
	 * Count the rows.
	 * @return how many calls are stored
	 */
	long count();

	/**
	 * Tell whether transactions on a resource are transactions of this store.
	 * @param resource what a transaction manager works on, such as a {@code DataSource}
	 * @return whether they are
	 */
	boolean sharesTransactionsOf(Object resource);

}
