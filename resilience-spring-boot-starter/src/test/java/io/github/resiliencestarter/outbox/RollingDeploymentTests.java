package io.github.resiliencestarter.outbox;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of two versions of an application on one database: the older one does not know
 * all types, and leaves them to the newer one.
 */
class RollingDeploymentTests {

	private static final int UNKNOWN = 60;

	private static final Map<String, OutboxMessage> deliveries = new ConcurrentHashMap<>();

	private static volatile boolean failing;

	@BeforeEach
	void forget() {
		deliveries.clear();
		failing = false;
	}

	@ParameterizedTest
	@EnumSource
	void whatTheOldVersionDoesNotKnowWaitsForTheNewAndStopsNobody(TestDatabase server) {
		String url = server.createDatabase();
		publishForTheNewVersion(server, url);
		try (OutboxApplication old = start(server, url, OldVersion.class)) {
			await().until(() -> owned(old) == 1);
			// one at a time goes through the store, whatever is in its way there
			for (String text : new String[] { "a", "b", "c" }) {
				old.inTransaction(() -> old.outbox().message(new Note(text)).key(text).publish());
				await().until(() -> deliveries.containsKey(text));
				assertThat(deliveries.get(text).attempt()).isEqualTo(2);
			}
			assertThat(deliveries).hasSize(3);
			assertThat(old.figures().dead()).isZero();
		}
		try (OutboxApplication later = start(server, url, NewVersion.class)) {
			await().untilAsserted(() -> assertThat(deliveries).hasSize(3 + 3 * UNKNOWN));
			assertThat(deliveries.values()).noneMatch(OutboxMessage::ambiguous);
			await().until(() -> later.figures().pending() + later.figures().scheduled() == 0);
			assertThat(later.figures().dead()).isZero();
		}
	}

	/**
	 * Leaves messages without a key, each with a key of its own, and some that wait for
	 * their second attempt.
	 */
	private static void publishForTheNewVersion(TestDatabase server, String url) {
		try (OutboxApplication app = start(server, url, NewVersion.class)) {
			await().until(() -> owned(app) == 1);
			failing = true;
			app.inTransaction(() -> publish(app, "retried", null));
			await().until(() -> app.figures().scheduled() == UNKNOWN);
			app.bean(OutboxOperations.class).pause("news", true);
			app.inTransaction(() -> publish(app, "plain", null));
			app.inTransaction(() -> publish(app, "keyed", "key"));
			app.jdbc().sql("UPDATE resilience_outbox_later SET due = 0").update();
		}
		failing = false;
		deliveries.clear();
	}

	private static void publish(OutboxApplication app, String text, String key) {
		IntStream.range(0, UNKNOWN).forEach((number) -> {
			Outbox.Draft draft = app.outbox().message(new News(text + number));
			((key != null) ? draft.key(key + number) : draft).publish();
		});
	}

	private static OutboxApplication start(TestDatabase server, String url, Class<?> version) {
		return OutboxApplication.start(server, url, version, "resilience.outbox.shards=1",
				"resilience.outbox.batch-size=5",
				"resilience.outbox.handlers.news.initial-backoff=" + OutboxApplication.FOR_EVER,
				"resilience.fail-on-unknown-names=false");
	}

	private static long owned(OutboxApplication app) {
		return app.bean(OutboxOperations.class).leases().stream().filter((lease) -> lease.owner() != null).count();
	}

	record Note(String text) {

	}

	record News(String text) {

	}

	static class OldVersion {

		@OutboxHandler("notes")
		void on(Note note, OutboxMessage message) {
			if (message.attempt() == 1) {
				throw new IllegalStateException("not yet");
			}
			deliveries.put(note.text(), message);
		}

	}

	static class NewVersion extends OldVersion {

		@OutboxHandler("news")
		void on(News news, OutboxMessage message) {
			if (failing) {
				throw new IllegalStateException("not yet");
			}
			deliveries.put(news.text(), message);
		}

	}

}
