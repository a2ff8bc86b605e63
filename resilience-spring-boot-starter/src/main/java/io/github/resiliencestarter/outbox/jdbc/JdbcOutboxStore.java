package io.github.resiliencestarter.outbox.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.jdbc.CallersTransaction;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.SqlDialect;
import io.github.resiliencestarter.outbox.Appended;
import io.github.resiliencestarter.outbox.Attendance;
import io.github.resiliencestarter.outbox.Committed;
import io.github.resiliencestarter.outbox.DeadLetter;
import io.github.resiliencestarter.outbox.Exchange;
import io.github.resiliencestarter.outbox.Exchanged;
import io.github.resiliencestarter.outbox.KeyState;
import io.github.resiliencestarter.outbox.LeaseState;
import io.github.resiliencestarter.outbox.NewMessage;
import io.github.resiliencestarter.outbox.OutboxFigures;
import io.github.resiliencestarter.outbox.OutboxSession;
import io.github.resiliencestarter.outbox.OutboxStore;
import io.github.resiliencestarter.outbox.ShardLease;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcUtils;

/**
 * The store in the application's database.
 */
final class JdbcOutboxStore implements OutboxStore, AutoCloseable {

	private final ResilienceDatabase database;

	private final JdbcTemplate jdbc;

	private final MonotonicClock clock;

	private final boolean sessions;

	private final RelayTransaction transaction;

	private final CallersTransaction callersTransaction;

	private final Publications publications;

	private final Leases leases;

	private final Exchanges exchanges;

	private final ExchangeHalves postgresExchanges;

	private final Figures figures;

	private final DeadLetters deadLetters;

	private final Keys keys;

	private final @Nullable KeyOrder order;

	JdbcOutboxStore(ResilienceDatabase database, MonotonicClock clock, Duration lease, boolean sessions) {
		this(database, clock, lease, sessions, false);
	}

	JdbcOutboxStore(ResilienceDatabase database, MonotonicClock clock, Duration lease, boolean sessions,
			boolean strict) {
		this(database, clock, lease, sessions, strict, ExchangeHalves.MUCH);
	}

	/**
	 * Create a store.
	 * @param much with how many deliveries that have ended an exchange is a large one
	 */
	JdbcOutboxStore(ResilienceDatabase database, MonotonicClock clock, Duration lease, boolean sessions, boolean strict,
			int much) {
		JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
		this.database = database;
		this.jdbc = jdbc;
		this.clock = clock;
		this.sessions = sessions && JdbcOutboxSession.isSupported(database.dialect());
		this.transaction = new RelayTransaction(jdbc, database, lease);
		this.callersTransaction = new CallersTransaction(database.dataSource());
		this.publications = new Publications(jdbc, database);
		this.leases = new Leases(jdbc, database);
		this.exchanges = new Exchanges(jdbc, database);
		this.postgresExchanges = new ExchangeHalves(new PostgresExchanges(jdbc, database, this.transaction)::exchange,
				much);
		this.figures = new Figures(jdbc, database);
		this.deadLetters = new DeadLetters(jdbc, database, this.transaction);
		this.keys = new Keys(jdbc, database);
		this.order = strict ? new KeyOrder(jdbc, database, this.transaction) : null;
	}

	@Override
	public int prepare(int shards) {
		if (this.order != null) {
			this.order.prepare();
		}
		return this.transaction.executeAmongOthers(() -> this.leases.prepare(shards));
	}

	/**
	 * Create what {@link #prepare} creates, for another way of sharing it.
	 */
	int create(int shards) {
		return this.transaction.executeAmongOthers(() -> this.leases.create(shards));
	}

	@Override
	public boolean isInTransaction() {
		return this.callersTransaction.isActive();
	}

	@Override
	public boolean isTransactionOver() {
		return this.callersTransaction.isOver();
	}

	@Override
	public boolean performLast(Runnable action) {
		return this.callersTransaction.performLast(action);
	}

	@Override
	public void rollBack() {
		this.callersTransaction.rollBack();
	}

	@Override
	public boolean returnsAppended() {
		return this.publications.returnsAppended();
	}

	@Override
	public List<Appended> append(List<NewMessage> messages, boolean wanted) {
		if (this.order != null) {
			this.order.lock(messages);
		}
		return this.publications.append(messages, wanted, this.callersTransaction.tail());
	}

	@Override
	public Attendance attend(String owner, Duration lease) {
		return this.transaction.execute(() -> this.leases.attend(owner, lease));
	}

	@Override
	public List<ShardLease> acquire(String owner, int most, Duration lease) {
		return this.transaction.execute(() -> this.leases.acquire(owner, most, lease));
	}

	@Override
	public void release(String owner, Map<ShardLease, List<Long>> leases) {
		this.transaction.execute(() -> this.leases.release(owner, leases));
	}

	@Override
	public void leave(String owner) {
		this.transaction.execute(() -> this.leases.leave(owner));
	}

	@Override
	public @Nullable OutboxSession openSession(String owner) {
		if (!this.sessions) {
			return null;
		}
		try {
			Connection connection = this.database.dataSource().getConnection();
			try {
				return new JdbcOutboxSession(this.database, connection, owner, this.clock);
			}
			catch (SQLException ex) {
				JdbcUtils.closeConnection(connection);
				throw ex;
			}
		}
		catch (SQLException ex) {
			throw new DataAccessResourceFailureException("The outbox's session cannot be opened", ex);
		}
	}

	/**
	 * In a transaction of its own: a notification within a publisher's would make all
	 * commits of the database queue up.
	 */
	@Override
	public void announce(Collection<Committed> committed) {
		if (this.database.dialect() == SqlDialect.POSTGRESQL && !committed.isEmpty()) {
			this.transaction.executeBare(() -> this.jdbc.queryForList("SELECT pg_notify(?, ?)",
					this.database.sql("resilience_outbox"), PostgresAnnouncements.text(committed)));
		}
	}

	@Override
	public Exchanged exchange(Exchange exchange) {
		if (this.database.dialect() == SqlDialect.POSTGRESQL && PostgresExchanges.handles(exchange)) {
			return this.postgresExchanges.exchange(exchange);
		}
		return this.transaction.execute(() -> this.exchanges.exchange(exchange));
	}

	@Override
	public OutboxFigures figures() {
		return this.transaction.execute(this.figures::count);
	}

	@Override
	public List<LeaseState> leases() {
		return this.transaction.execute(this.leases::list);
	}

	@Override
	public KeyState key(int shard, String key) {
		return this.transaction.execute(() -> this.keys.state(shard, key, this.leases.find(shard)));
	}

	/**
	 * Look at a key without leases, which have no meaning where shards are not owned.
	 */
	KeyState keyWithoutLease(int shard, String key) {
		return this.transaction.execute(() -> this.keys.state(shard, key, null));
	}

	@Override
	public List<DeadLetter> dead(@Nullable String handler, int most) {
		return this.deadLetters.list(handler, most);
	}

	@Override
	public int redeliver(@Nullable String messageId, @Nullable String handler) {
		return this.deadLetters.redeliver(messageId, handler);
	}

	@Override
	public boolean discard(String messageId) {
		return this.deadLetters.discard(messageId);
	}

	/**
	 * Ends its threads. Once it is closed, large exchanges are refused.
	 */
	@Override
	public void close() {
		this.postgresExchanges.close();
	}

}
