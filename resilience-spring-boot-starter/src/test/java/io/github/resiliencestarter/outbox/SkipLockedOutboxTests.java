package io.github.resiliencestarter.outbox;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Applications that share messages with {@code SKIP LOCKED} instead of shards.
 */
class SkipLockedOutboxTests {

	private static final Map<String, AtomicInteger> deliveries = new ConcurrentHashMap<>();

	private static final Map<String, Integer> latest = new ConcurrentHashMap<>();

	private static final Map<String, Boolean> underWay = new ConcurrentHashMap<>();

	private static final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();

	@BeforeEach
	void forget() {
		deliveries.clear();
		latest.clear();
		underWay.clear();
		violations.clear();
	}

	@ParameterizedTest
	@EnumSource
	void severalInstancesDeliverEverythingOnceAndKeysInOrderAcrossAGracefulStop(TestDatabase server) {
		String url = server.createDatabase();
		try (OutboxApplication first = start(server, url); OutboxApplication second = start(server, url)) {
			OutboxApplication leaving = start(server, url);
			IntStream.range(0, 30).forEach((transaction) -> {
				OutboxApplication publisher = (transaction % 2 == 0) ? first : leaving;
				publisher.inTransaction(() -> IntStream.range(transaction * 10, transaction * 10 + 10)
					.forEach((number) -> publish(publisher, number)));
			});
			leaving.close();
			await().untilAsserted(() -> assertThat(deliveries).hasSize(300));
			await().untilAsserted(() -> assertThat(first.figures()).isEqualTo(new OutboxFigures(0, 0, 0, null)));
			assertThat(violations).isEmpty();
			assertThat(deliveries.values()).allMatch((count) -> count.get() == 1);
			assertThat(second.bean(OutboxOperations.class).leases()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void failedAndDelayedMessagesHoldBackTheirKeysOnly(TestDatabase server) {
		try (OutboxApplication app = start(server, server.createDatabase())) {
			app.inTransaction(() -> {
				app.outbox().message(new Note(0, 2)).key("k").publish();
				app.outbox().message(new Note(1, 0)).key("k").delay(Duration.ofMillis(300)).publish();
				app.outbox().message(new Note(2, 0)).key("k").publish();
				app.outbox().message(new Note(3, 0)).key("other").publish();
			});
			await().untilAsserted(() -> assertThat(latest).containsEntry("k", 2).containsEntry("other", 3));
			assertThat(violations).isEmpty();
			assertThat(deliveries.get("0")).hasValue(3);
			assertThat(deliveries.get("1")).hasValue(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void theTwoWaysOfSharingStopTheStartUpOfEachOther(TestDatabase server) {
		String url = server.createDatabase();
		try (OutboxApplication app = start(server, url)) {
			app.inTransaction(() -> publish(app, 1));
			await().until(() -> deliveries.containsKey("1"));
			assertThatException().isThrownBy(() -> OutboxApplication.start(server, url, Notes.class).close())
				.havingRootCause()
				.withMessageContaining("resilience.outbox.claim=skip-locked");
		}
	}

	private static void publish(OutboxApplication app, int number) {
		app.outbox().message(new Note(number, 0)).key("k" + number % 7).publish();
	}

	private static OutboxApplication start(TestDatabase server, String url) {
		return OutboxApplication.start(server, url, Notes.class, "resilience.outbox.claim=skip-locked");
	}

	record Note(int number, int failures) {

	}

	static class Notes {

		@OutboxHandler("notes")
		void on(Note note, OutboxMessage message) {
			String key = Objects.requireNonNull(message.key());
			if (underWay.put(key, true) != null) {
				violations.add("two of key " + key);
			}
			deliveries.computeIfAbsent(Integer.toString(note.number()), (absent) -> new AtomicInteger())
				.incrementAndGet();
			Integer before = latest.put(key, note.number());
			if (before != null && before > note.number()) {
				violations.add(note.number() + " after " + before);
			}
			underWay.remove(key);
			if (message.attempt() <= note.failures()) {
				throw new IllegalStateException("not yet");
			}
		}

	}

}
