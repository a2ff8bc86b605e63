package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import io.github.resiliencestarter.Patience;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whoever publishes when the transaction is about to commit, or has committed, is either
 * heard or told.
 */
class LatePublicationTests {

	@ParameterizedTest
	@EnumSource
	void whatIsPublishedInACallbackBeforeTheCommitIsDelivered(TestDatabase server) throws Exception {
		try (OutboxApplication app = start(server)) {
			app.inTransaction(() -> raise(app, "the first"));
			app.inTransaction(() -> {
				app.outbox().publish(new Note("before"));
				raise(app, "the second");
			});
			assertThat(delivered(app, 3)).containsExactlyInAnyOrder("the first", "before", "the second");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whatIsPublishedInACallbackBeforeTheCommitIsRolledBackWithIt(TestDatabase server) {
		try (OutboxApplication app = start(server)) {
			app.transaction().executeWithoutResult((status) -> {
				raise(app, "never");
				status.setRollbackOnly();
			});
			assertThat(rows(app)).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void publishingAfterTheCommitThrows(TestDatabase server) throws Exception {
		try (OutboxApplication app = start(server)) {
			List<Exception> failures = new ArrayList<>();
			AfterCommit afterCommit = new AfterCommit(() -> app.outbox().publish(new Note("too late")), failures);
			app.inTransaction(() -> TransactionSynchronizationManager.registerSynchronization(afterCommit));
			app.inTransaction(() -> {
				app.outbox().publish(new Note("in time"));
				TransactionSynchronizationManager.registerSynchronization(afterCommit);
			});
			assertThat(failures).hasSize(2)
				.allSatisfy((failure) -> assertThat(failure).isInstanceOf(NoTransactionException.class)
					.hasMessageContaining("REQUIRES_NEW"));
			TransactionTemplate another = app.transaction();
			another.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
			app.inTransaction(() -> TransactionSynchronizationManager.registerSynchronization(new AfterCommit(
					() -> another.executeWithoutResult((status) -> raise(app, "afterwards")), failures)));
			assertThat(delivered(app, 2)).containsExactlyInAnyOrder("in time", "afterwards");
			assertThat(failures).hasSize(2);
		}
	}

	/**
	 * Nobody says when such a transaction commits.
	 */
	@ParameterizedTest
	@EnumSource
	void theMessagesOfATransactionWhoseManagerIsNoBeanShareItsFate(TestDatabase server) throws Exception {
		try (OutboxApplication app = start(server)) {
			DataSourceTransactionManager manager = new DataSourceTransactionManager(app.bean(DataSource.class));
			TransactionTemplate outer = new TransactionTemplate(manager);
			TransactionTemplate nested = new TransactionTemplate(manager);
			nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
			outer.executeWithoutResult((status) -> {
				app.outbox().publish(new Note("rolled back"));
				status.setRollbackOnly();
			});
			assertThat(rows(app)).isZero();
			outer.executeWithoutResult((status) -> raise(app, "the first"));
			outer.executeWithoutResult((status) -> {
				app.outbox().publish(new Note("before"));
				// more than there is room for
				for (int times = 0; times < 100; times++) {
					nested.executeWithoutResult((savepoint) -> {
						app.outbox().publish(new Note("in the savepoint"));
						savepoint.setRollbackOnly();
					});
				}
				app.outbox().publish(new Note("after"));
			});
			assertThat(delivered(app, 3)).containsExactlyInAnyOrder("the first", "before", "after");
		}
	}

	private static void raise(OutboxApplication app, String text) {
		app.bean(Handler.class).events.publishEvent(new Happened(text));
	}

	private static List<String> delivered(OutboxApplication app, int count) throws InterruptedException {
		List<String> delivered = new ArrayList<>();
		for (int number = 0; number < count; number++) {
			delivered.add(app.bean(Handler.class).delivered.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS));
		}
		await().until(() -> rows(app) == 0);
		assertThat(app.bean(Handler.class).delivered).isEmpty();
		return delivered;
	}

	private static long rows(OutboxApplication app) {
		return app.jdbc().sql("SELECT COUNT(*) FROM resilience_outbox").query(Long.class).single();
	}

	private static OutboxApplication start(TestDatabase server) {
		return OutboxApplication.start(server, server.createDatabase(), Handler.class);
	}

	record Note(String text) {

	}

	record Happened(String text) {

	}

	static class Handler {

		private final BlockingQueue<String> delivered = new LinkedBlockingQueue<>();

		private final Outbox outbox;

		private final ApplicationEventPublisher events;

		Handler(Outbox outbox, ApplicationEventPublisher events) {
			this.outbox = outbox;
			this.events = events;
		}

		@TransactionalEventListener(phase = TransactionPhase.BEFORE_COMMIT)
		void publish(Happened happened) {
			this.outbox.publish(new Note(happened.text()));
		}

		@OutboxHandler
		void deliver(Note note) {
			this.delivered.add(note.text());
		}

	}

	private record AfterCommit(Runnable action, List<Exception> failures) implements TransactionSynchronization {

		@Override
		public void afterCommit() {
			try {
				this.action.run();
			}
			catch (NoTransactionException ex) {
				this.failures.add(ex);
			}
		}

	}

}
