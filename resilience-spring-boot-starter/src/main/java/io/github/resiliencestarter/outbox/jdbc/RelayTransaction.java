package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.SqlDialect;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The store's own transactions. They are READ COMMITTED: anything stricter locks gaps on
 * MariaDB and MySQL, and nothing here reads twice. A process that is stopped in the
 * middle of one keeps its rows locked, so where the database can, it ends a transaction
 * that does nothing for half of a lease, the time for which an instance trusts in its
 * own: a relay's transaction never waits for anything but the database.
 */
final class RelayTransaction {

	/**
	 * Until the transaction ends. Tables that are empty most of the time mislead
	 * PostgreSQL's planner: it remembers to scan them whole when they have grown. And
	 * what it expects to cost much it would compile, which can take longer than the
	 * statement does. The statements leave it little choice, so one plan is as good as
	 * another, and it need not make several.
	 */
	private static final String OPENING = """
			SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
			SELECT set_config('idle_in_transaction_session_timeout', '%ds', true),
			set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
			set_config('jit', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true)""";

	private static final Logger logger = LoggerFactory.getLogger(RelayTransaction.class);

	/** A machine may be busy. */
	private static final long LEAST_IDLE_SECONDS = 5;

	private static final long MOST_IDLE_SECONDS = 60;

	private static final int MOST_ATTEMPTS = 20;

	private final JdbcTemplate jdbc;

	private final SqlDialect dialect;

	private final TransactionTemplate transaction;

	private final long idleSeconds;

	RelayTransaction(JdbcTemplate jdbc, ResilienceDatabase database, Duration lease) {
		this.jdbc = jdbc;
		this.idleSeconds = Math.max(LEAST_IDLE_SECONDS, Math.min(lease.toSeconds() / 2, MOST_IDLE_SECONDS));
		this.dialect = database.dialect();
		this.transaction = new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
		if (this.dialect != SqlDialect.POSTGRESQL) {
			this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
		}
		this.transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
	}

	<T> T execute(Supplier<T> action) {
		return executeBare(() -> {
			open();
			return action.get();
		});
	}

	/**
	 * Execute what sends the opening itself, together with its first statement, or needs
	 * none because it locks nothing.
	 */
	<T> T executeBare(Supplier<T> action) {
		return Objects.requireNonNull(this.transaction.execute((status) -> action.get()));
	}

	/**
	 * What a transaction on PostgreSQL has to begin with: two statements. The driver
	 * would ask the server for the isolation before it changes it.
	 */
	String opening() {
		return OPENING.formatted(this.idleSeconds);
	}

	/**
	 * Execute what other instances may do at the same moment, again if the database chose
	 * this one to give way.
	 */
	<T> T executeAmongOthers(Supplier<T> action) {
		for (int attempt = 1;; attempt++) {
			try {
				return execute(action);
			}
			catch (ConcurrencyFailureException ex) {
				if (attempt == MOST_ATTEMPTS) {
					throw ex;
				}
			}
		}
	}

	private void open() {
		if (this.dialect == SqlDialect.POSTGRESQL) {
			this.jdbc.execute(opening());
		}
		if (this.dialect.isMySqlFamily()) {
			this.jdbc
				.execute("SET @resilience_wait = @@SESSION.wait_timeout, SESSION wait_timeout = " + this.idleSeconds);
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void afterCompletion(int status) {
					unlimitIdleness();
				}

			});
		}
	}

	/**
	 * Not before the transaction has ended: it could be stopped before its commit. Where
	 * this fails the connection is lost, or the server closes it soon.
	 */
	private void unlimitIdleness() {
		try {
			this.jdbc.execute("SET SESSION wait_timeout = @resilience_wait");
		}
		catch (DataAccessException ex) {
			logger.debug("A connection keeps its limit for idleness", ex);
		}
	}

}
