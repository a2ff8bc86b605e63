package io.github.resiliencestarter.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.Ordered;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.TransactionTimedOutException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.postgresql.core.TransactionState.IDLE;
import static org.postgresql.core.TransactionState.OPEN;

/**
 * Tests for statements that go along with a commit.
 */
class TransactionTailTests {

	private HikariDataSource pool;

	private WatchedCommits dataSource;

	private DataSourceTransactionManager manager;

	private JdbcClient jdbc;

	@BeforeEach
	void createTable() {
		open(TestDatabase.POSTGRESQL.createDatabase());
		this.jdbc
			.sql("CREATE TABLE notes (id BIGINT GENERATED ALWAYS AS IDENTITY, text VARCHAR(20) NOT NULL,"
					+ " UNIQUE (text) DEFERRABLE INITIALLY DEFERRED)")
			.update();
	}

	private void open(String url) {
		this.pool = TestDatabase.POSTGRESQL.createDataSource(url);
		this.dataSource = new WatchedCommits(this.pool);
		this.manager = new JdbcTransactionManager(this.dataSource);
		TailListener.listenTo(this.manager, this.dataSource, true);
		this.jdbc = JdbcClient.create(this.dataSource);
	}

	@AfterEach
	void close() {
		assertThat(TransactionSynchronizationManager.getResourceMap()).as("what stays bound to the thread").isEmpty();
		this.pool.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "prepareThreshold=5", "prepareThreshold=1", "preferQueryMode=simple", "autosave=always",
			"autosave=conservative" })
	void statementsGoAlongWithTheCommitWhateverTheDriversSettings(String setting) {
		String url = this.pool.getJdbcUrl();
		close();
		open(url + "&" + setting);
		for (int round = 0; round < 8; round++) {
			String prefix = round + ":";
			Note first = new Note(prefix + "first");
			Note second = new Note(prefix + "second");
			CommitWatch watch = new CommitWatch();
			TransactionTemplate transaction = new TransactionTemplate(this.manager);
			transaction.executeWithoutResult((status) -> {
				TransactionSynchronizationManager.registerSynchronization(watch);
				insert(prefix + "before");
				tail().add(first);
				tail().add(second);
				assertThat(texts()).doesNotContain(first.text, second.text);
			});
			assertThat(watch.status).isEqualTo(TransactionSynchronization.STATUS_COMMITTED);
			assertThat(texts()).contains(prefix + "before", first.text, second.text);
			assertThat(second.ids).containsExactly(first.ids.get(0) + 1);
		}
	}

	@Test
	void itIsOneExchange() {
		this.jdbc.sql("SELECT 1").query().singleValue();
		new TransactionTemplate(this.manager).executeWithoutResult((status) -> tail().add(new Note("note")));
		new TransactionTemplate(this.manager).executeWithoutResult((status) -> insert("other"));
		assertThat(this.dataSource.states()).as("when the manager commits").containsExactly(IDLE, OPEN);
	}

	@Test
	void aStatementThatFailsKeepsTheTransactionFromCommitting() {
		CommitWatch watch = new CommitWatch();
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> new TransactionTemplate(this.manager).executeWithoutResult((status) -> {
				TransactionSynchronizationManager.registerSynchronization(watch);
				insert("before");
				tail().add(new Note("first"));
				tail().add(new Note("longer than twenty characters"));
				tail().add(new Note("last"));
			}))
			.withMessageContaining("too long");
		assertThat(watch.status).isEqualTo(TransactionSynchronization.STATUS_ROLLED_BACK);
		assertThat(texts()).isEmpty();
	}

	@Test
	void aCommitThatFailsIsToldLikeAnyOther() {
		insert("unique");
		CommitWatch watch = new CommitWatch();
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> new TransactionTemplate(this.manager).executeWithoutResult((status) -> {
				TransactionSynchronizationManager.registerSynchronization(watch);
				insert("before");
				tail().add(new Note("unique"));
			}))
			.withMessageContaining("unique constraint");
		assertThat(watch.status).isEqualTo(TransactionSynchronization.STATUS_ROLLED_BACK);
		assertThat(texts()).containsExactly("unique");
	}

	@Test
	void actionsComeAfterAllCallbacksAndTheTransactionFailsWithThem() {
		List<String> order = new ArrayList<>();
		new TransactionTemplate(this.manager).executeWithoutResult((status) -> {
			perform(() -> {
				order.add("action");
				tail().add(new Note("of the action"));
			});
			TransactionSynchronizationManager.registerSynchronization(new BeforeCommit(() -> order.add("callback")));
		});
		assertThat(order).containsExactly("callback", "action");
		assertThat(texts()).containsExactly("of the action");
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> new TransactionTemplate(this.manager).executeWithoutResult((status) -> {
				insert("before");
				perform(() -> {
					throw new IllegalStateException("no");
				});
			}));
		assertThat(texts()).containsExactly("of the action");
	}

	/**
	 * Spring neither commits nor rolls back then, and the driver would commit.
	 */
	@Test
	void whatIsGivenUpWithoutADecisionIsRolledBack() {
		assertThatExceptionOfType(TransactionTimedOutException.class)
			.isThrownBy(() -> new TransactionTemplate(this.manager).executeWithoutResult((status) -> {
				insert("before");
				tail().add(new Note("note"));
				TransactionSynchronizationManager.registerSynchronization(new BeforeCommit(() -> {
					throw new TransactionTimedOutException("too late");
				}));
			}));
		assertThat(texts()).isEmpty();
		assertThatExceptionOfType(TransientDataAccessResourceException.class)
			.isThrownBy(() -> new TransactionTemplate(this.manager).executeWithoutResult((status) -> {
				insert("before");
				perform(() -> {
					throw new TransactionTimedOutException("too late");
				});
			}));
		assertThat(texts()).isEmpty();
	}

	@Test
	void theEndOfASavepointIsNotTheEndOfItsTransactionAndAnInnerTransactionHasItsOwn() {
		TransactionTemplate nested = new TransactionTemplate(this.manager);
		nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
		TransactionTemplate inner = new TransactionTemplate(this.manager);
		inner.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		new TransactionTemplate(this.manager).executeWithoutResult((status) -> {
			TransactionTail outer = tail();
			nested.executeWithoutResult((savepoint) -> tail().add(new Note("nested")));
			assertThat(texts()).isEmpty();
			inner.executeWithoutResult((other) -> {
				assertThat(tail()).isNotSameAs(outer);
				tail().add(new Note("inner"));
			});
			assertThat(texts()).containsExactly("inner");
			assertThat(tail()).isSameAs(outer);
			status.setRollbackOnly();
		});
		assertThat(texts()).containsExactly("inner");
	}

	@Test
	void whereAnotherListenerWouldFindTheTransactionOverTailsTakeNoStatements() {
		List<String> order = new ArrayList<>();
		this.manager.addListener(new TransactionExecutionListener() {

			@Override
			public void beforeCommit(TransactionExecution transaction) {
				if (order.equals(List.of("action"))) {
					insert("other listener's");
					order.add("other listener");
				}
			}

		});
		new TransactionTemplate(this.manager).executeWithoutResult((status) -> {
			assertThat(find()).isNull();
			perform(() -> order.add("action"));
			status.setRollbackOnly();
		});
		assertThat(order).isEmpty();
		new TransactionTemplate(this.manager).executeWithoutResult((status) -> perform(() -> order.add("action")));
		assertThat(order).containsExactly("action", "other listener");
		assertThat(texts()).containsExactly("other listener's");
	}

	@Test
	void aTransactionOfAnotherDatabaseEndsOnlyItself() {
		try (HikariDataSource other = TestDatabase.H2.createDataSource()) {
			CallersTransaction caller = new CallersTransaction(this.dataSource);
			TransactionTemplate otherTransaction = new TransactionTemplate(new DataSourceTransactionManager(other));
			TransactionTemplate transaction = new TransactionTemplate(this.manager);
			transaction.executeWithoutResult((status) -> {
				TransactionTail outer = tail();
				outer.add(new Note("outer"));
				otherTransaction.executeWithoutResult((inner) -> {
					assertThat(caller.isActive()).as("it is another's").isFalse();
					assertThat(caller.performLast(() -> {
					})).isFalse();
					assertThat(find()).isNull();
				});
				assertThat(caller.isActive()).isTrue();
				assertThat(tail()).isSameAs(outer);
				assertThat(texts()).isEmpty();
			});
			assertThat(texts()).containsExactly("outer");
			otherTransaction.executeWithoutResult((outer) -> {
				assertThat(find()).isNull();
				for (String text : List.of("first inside", "second inside")) {
					transaction.executeWithoutResult((status) -> tail().add(new Note(text)));
					assertThat(find()).isNull();
				}
				outer.setRollbackOnly();
			});
			assertThat(texts()).containsExactly("outer", "first inside", "second inside");
		}
	}

	@Test
	void whatComesTooLateIsRefused() {
		CallersTransaction transaction = new CallersTransaction(this.dataSource);
		List<Boolean> done = new ArrayList<>();
		new TransactionTemplate(this.manager).executeWithoutResult((status) -> {
			perform(() -> assertThat(transaction.isOver()).isFalse());
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public int getOrder() {
					return Ordered.HIGHEST_PRECEDENCE;
				}

				@Override
				public void afterCommit() {
					assertThat(transaction.isOver()).isTrue();
					assertThat(transaction.isActive()).isFalse();
					assertThat(transaction.tail()).isNull();
					done.add(transaction.performLast(() -> done.add(true)));
				}

			});
			assertThat(transaction.isOver()).isFalse();
			assertThat(transaction.isActive()).isTrue();
		});
		assertThat(done).containsExactly(false);
		assertThat(transaction.isOver()).isFalse();
	}

	@Test
	void aReadOnlyTransactionHasNone() {
		TransactionTemplate readOnly = new TransactionTemplate(this.manager);
		readOnly.setReadOnly(true);
		readOnly.executeWithoutResult((status) -> assertThat(find()).isNull());
		assertThat(find()).isNull();
	}

	@ParameterizedTest
	@EnumSource
	void allHaveOneAndThoseOfPostgresTakeStatements(TestDatabase server) {
		try (HikariDataSource other = server.createDataSource()) {
			new ApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(DataSourceTransactionManagerAutoConfiguration.class,
						ResilienceJdbcAutoConfiguration.class))
				.withBean(HikariDataSource.class, () -> other)
				.run((context) -> {
					List<String> performed = new ArrayList<>();
					new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
						.executeWithoutResult((status) -> {
							CallersTransaction transaction = new CallersTransaction(other);
							assertThat(transaction.performLast(() -> performed.add("last"))).isTrue();
							assertThat(transaction.tail() != null).isEqualTo(server == TestDatabase.POSTGRESQL);
						});
					assertThat(performed).containsExactly("last");
				});
		}
	}

	private void perform(Runnable action) {
		assertThat(new CallersTransaction(this.dataSource).performLast(action)).isTrue();
	}

	private TransactionTail tail() {
		return Objects.requireNonNull(find());
	}

	private TransactionTail find() {
		return new CallersTransaction(this.dataSource).tail();
	}

	private void insert(String text) {
		this.jdbc.sql("INSERT INTO notes (text) VALUES (?)").param(text).update();
	}

	/**
	 * On a connection of its own.
	 */
	private List<String> texts() {
		TransactionTemplate other = new TransactionTemplate(this.manager);
		other.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		return other.execute((status) -> this.jdbc.sql("SELECT text FROM notes").query(String.class).list());
	}

	private record Note(String text, List<Long> ids) implements TailStatement {

		Note(String text) {
			this(text, new ArrayList<>());
		}

		@Override
		public String sql() {
			return "INSERT INTO notes (text) VALUES (?) RETURNING id";
		}

		@Override
		public int bind(PreparedStatement statement, int first) throws SQLException {
			statement.setString(first, this.text);
			return first + 1;
		}

		@Override
		public void read(ResultSet rows) throws SQLException {
			while (rows.next()) {
				this.ids.add(rows.getLong(1));
			}
		}

	}

	private record BeforeCommit(Runnable action) implements TransactionSynchronization {

		@Override
		public void beforeCommit(boolean readOnly) {
			this.action.run();
		}

	}

	private static final class CommitWatch implements TransactionSynchronization {

		private int status = -1;

		@Override
		public void afterCompletion(int status) {
			this.status = status;
		}

	}

}
