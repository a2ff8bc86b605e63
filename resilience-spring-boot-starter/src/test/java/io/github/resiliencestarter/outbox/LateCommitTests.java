package io.github.resiliencestarter.outbox;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A transaction that commits after others whose messages have higher ids: scans have
 * passed its message when it appears, and nobody polls for minutes.
 */
class LateCommitTests {

	private static final String[] NO_POLL = { "resilience.outbox.poll-interval=1h", "resilience.outbox.lease=3h",
			"resilience.outbox.shards=1" };

	@ParameterizedTest
	@EnumSource
	void whatCommitsLateIsDeliveredWithoutAPoll(TestDatabase server) throws Exception {
		try (OutboxApplication app = OutboxApplication.start(server, server.createDatabase(), Handler.class, NO_POLL)) {
			publishLate(app, app);
		}
	}

	@Test
	void whatAnotherInstanceCommitsLateIsDeliveredWithoutAPoll() throws Exception {
		TestDatabase server = TestDatabase.POSTGRESQL;
		String url = server.createDatabase();
		try (OutboxApplication owner = OutboxApplication.start(server, url, Handler.class, NO_POLL)) {
			publish(owner, "first");
			assertThat(next(owner)).isEqualTo("first");
			try (OutboxApplication other = OutboxApplication.start(server, url, Handler.class, NO_POLL)) {
				// whoever has a session hears of what others commit
				await().until(() -> owner.jdbc()
					.sql("SELECT COUNT(*) FROM resilience_outbox_member WHERE has_session = TRUE")
					.query(Long.class)
					.single() == 2);
				publishLate(other, owner);
			}
		}
	}

	private static void publishLate(OutboxApplication publisher, OutboxApplication owner) throws Exception {
		publisher.inTransaction(() -> {
			publisher.outbox().message(new Note("late")).key("late").publish();
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void beforeCommit(boolean readOnly) {
					publish(publisher, "early");
					assertThat(next(owner)).isEqualTo("early");
				}

			});
		});
		assertThat(next(owner)).isEqualTo("late");
	}

	private static void publish(OutboxApplication app, String text) {
		TransactionTemplate transaction = new TransactionTemplate(app.bean(PlatformTransactionManager.class));
		transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		transaction.executeWithoutResult((status) -> app.outbox().message(new Note(text)).key(text).publish());
	}

	private static String next(OutboxApplication app) {
		try {
			return String.valueOf(app.bean(Handler.class).delivered.poll(2, TimeUnit.MINUTES));
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	record Note(String text) {

	}

	static class Handler {

		private final BlockingQueue<String> delivered = new LinkedBlockingQueue<>();

		@OutboxHandler
		void deliver(Note note) {
			this.delivered.add(note.text());
		}

	}

}
