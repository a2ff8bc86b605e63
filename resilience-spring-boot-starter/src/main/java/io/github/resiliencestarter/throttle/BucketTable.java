package io.github.resiliencestarter.throttle;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TokensInheritanceStrategy;
import io.github.bucket4j.distributed.proxy.AbstractProxyManager;
import io.github.bucket4j.distributed.proxy.ClientSideConfig;
import io.github.bucket4j.distributed.remote.CommandResult;
import io.github.bucket4j.distributed.remote.MutableBucketEntry;
import io.github.bucket4j.distributed.remote.RemoteBucketState;
import io.github.bucket4j.distributed.remote.Request;
import io.github.bucket4j.util.ComparableByContent;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.support.TransactionOperations;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;

/**
 * Keeps Bucket4j's buckets of one configuration in {@code resilience_throttle}. Bucket4j
 * brings the token bucket and its binary form; the statements are ours, because its own
 * managers compare the clocks of the machines, leave expired rows to the user, and the
 * one for MySQL does not load without MySQL's driver.
 * <p>
 * Every command is one transaction that locks the bucket's row. The time is the
 * database's, read with the row. A row whose configuration is another one, because the
 * limit has changed here or is another on another instance, is continued under ours with
 * the tokens it has: going to and fro never gains any.
 */
final class BucketTable extends AbstractProxyManager<String> {

	/**
	 * How often a command begins anew when the database chose it as a deadlock's victim.
	 */
	private static final int ATTEMPTS = 5;

	private static final long MINUTE = TimeUnit.MINUTES.toMillis(1);

	private final BucketConfiguration configuration;

	private final JdbcOperations jdbc;

	private final TransactionOperations transaction;

	private final String select;

	private final String insert;

	private final String update;

	/**
	 * Create the view of the table.
	 * @param configuration the buckets' limit
	 * @param database the database
	 * @param jdbc access to it
	 * @param transaction runs each command
	 */
	BucketTable(BucketConfiguration configuration, ResilienceDatabase database, JdbcOperations jdbc,
			TransactionOperations transaction) {
		super(ClientSideConfig.getDefault());
		this.configuration = configuration;
		this.jdbc = jdbc;
		this.transaction = transaction;
		this.select = database.sql("SELECT state, {now} FROM resilience_throttle WHERE id = ? FOR UPDATE");
		String values = "INTO resilience_throttle (id, expires_at) VALUES (?, {now} + " + MINUTE + ")";
		this.insert = database.sql(database.dialect().isMySqlFamily() ? "INSERT IGNORE " + values
				: "INSERT " + values + " ON CONFLICT (id) DO NOTHING");
		this.update = database.sql("UPDATE resilience_throttle SET state = ?, expires_at = ? WHERE id = ?");
	}

	@Override
	protected <T> CommandResult<T> execute(String id, Request<T> request) {
		for (int attempt = 1;; attempt++) {
			try {
				Optional<CommandResult<T>> result = this.transaction.execute((status) -> executeOnRow(id, request));
				if (result.isPresent()) {
					return result.get();
				}
				// alone: who holds a lock from inserting must not ask for another one
				this.transaction.executeWithoutResult((status) -> this.jdbc.update(this.insert, id));
			}
			catch (ConcurrencyFailureException ex) {
				if (attempt == ATTEMPTS) {
					throw ex;
				}
			}
		}
	}

	private <T> Optional<CommandResult<T>> executeOnRow(String id, Request<T> request) {
		Row row = lock(id);
		if (row == null) {
			return Optional.empty();
		}
		long nanos = TimeUnit.MILLISECONDS.toNanos(row.now());
		MutableBucketEntry entry = new MutableBucketEntry(row.state());
		continueUnderOurs(entry, nanos);
		CommandResult<T> result = request.getCommand().execute(entry, nanos);
		if (entry.isStateModified()) {
			save(id, entry, row.now(), nanos);
		}
		return Optional.of(result);
	}

	private @Nullable Row lock(String id) {
		List<Row> rows = this.jdbc.query(this.select,
				(result, number) -> new Row(result.getBytes(1), result.getLong(2)), id);
		return rows.isEmpty() ? null : rows.get(0);
	}

	private void continueUnderOurs(MutableBucketEntry entry, long nanos) {
		if (entry.exists() && !ComparableByContent.equals(entry.get().getConfiguration(), this.configuration)) {
			RemoteBucketState state = entry.get();
			state.refillAllBandwidth(nanos);
			state.replaceConfiguration(this.configuration, TokensInheritanceStrategy.AS_IS, nanos);
			entry.set(state);
		}
	}

	private void save(String id, MutableBucketEntry entry, long now, long nanos) {
		long fullAt = now + TimeUnit.NANOSECONDS.toMillis(entry.get().calculateFullRefillingTime(nanos));
		this.jdbc.update(this.update, entry.getStateBytes(getBackwardCompatibilityVersion()), expiryAfter(fullAt), id);
	}

	/**
	 * Return a whole minute: most updates so leave the indexed column as it is, which
	 * spares the index.
	 */
	private static long expiryAfter(long fullAt) {
		return (fullAt / MINUTE + 2) * MINUTE;
	}

	@Override
	public void removeProxy(String id) {
		throw new UnsupportedOperationException("Rows are removed when they expire");
	}

	@Override
	public boolean isAsyncModeSupported() {
		return false;
	}

	@Override
	protected <T> CompletableFuture<CommandResult<T>> executeAsync(String id, Request<T> request) {
		throw new UnsupportedOperationException("JDBC blocks");
	}

	@Override
	protected CompletableFuture<Void> removeAsync(String id) {
		throw new UnsupportedOperationException("JDBC blocks");
	}

	private record Row(byte @Nullable [] state, long now) {

	}

}
