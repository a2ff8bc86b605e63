package io.github.resiliencestarter.outbox;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of several instances on one database.
 */
class OutboxClusterTests {

	private static final Map<String, AtomicInteger> deliveries = new ConcurrentHashMap<>();

	private static final AtomicInteger ambiguous = new AtomicInteger();

	private static volatile CountDownLatch gate = new CountDownLatch(0);

	@BeforeEach
	void forget() {
		deliveries.clear();
		ambiguous.set(0);
		gate = new CountDownLatch(0);
	}

	@ParameterizedTest
	@EnumSource
	void instancesShareTheShardsEvenlyAndHandThemOverAtOnceWhenTheyStop(TestDatabase server) {
		String url = server.createDatabase();
		try (OutboxApplication first = start(server, url)) {
			await().until(() -> shares(first).equals(List.of(8)));
			OutboxApplication second = start(server, url);
			await().until(() -> shares(first).equals(List.of(4, 4)));
			try (OutboxApplication third = start(server, url)) {
				await().until(() -> shares(third).equals(List.of(2, 3, 3)));
			}
			await().until(() -> shares(first).equals(List.of(4, 4)));
			second.close();
			await().until(() -> shares(first).equals(List.of(8)));
		}
	}

	@ParameterizedTest
	@EnumSource
	void aGracefulStopInTheMiddleOfABacklogDeliversNothingTwice(TestDatabase server) {
		String url = server.createDatabase();
		try (OutboxApplication staying = start(server, url)) {
			OutboxApplication leaving = start(server, url);
			await().until(() -> shares(staying).equals(List.of(4, 4)));
			for (int transaction = 0; transaction < 20; transaction++) {
				publish((transaction % 2 == 0) ? staying : leaving, transaction * 20, 20);
			}
			await().until(() -> deliveries.size() > 20);
			leaving.close();
			await().untilAsserted(() -> assertThat(deliveries).hasSize(400));
			await().untilAsserted(() -> assertThat(staying.figures().pending()).isZero());
			assertThat(deliveries.values()).allMatch((count) -> count.get() == 1);
			assertThat(ambiguous).hasValue(0);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aKeyWhoseShardAnotherInstanceOwnsIsDeliveredThere(TestDatabase server) {
		String url = server.createDatabase();
		try (OutboxApplication first = start(server, url); OutboxApplication second = start(server, url)) {
			await().until(() -> shares(first).equals(List.of(4, 4)));
			IntStream.range(0, 40)
				.forEach((number) -> first.inTransaction(() -> first.outbox()
					.message(new Note(Integer.toString(number)))
					.key(Integer.toString(number))
					.publish()));
			await().untilAsserted(() -> assertThat(deliveries).hasSize(40));
			await()
				.untilAsserted(() -> assertThat(second.bean(OutboxOperations.class).handlers().get("notes").delivered())
					.isPositive());
			assertThat(deliveries.values()).allMatch((count) -> count.get() == 1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whatAnInstanceDoesNotFinishBeforeItStopsIsAmbiguousForTheNext(TestDatabase server) {
		String url = server.createDatabase();
		try (OutboxApplication staying = start(server, url)) {
			OutboxApplication leaving = start(server, url, "resilience.outbox.shutdown-timeout=10ms");
			await().until(() -> shares(staying).equals(List.of(4, 4)));
			gate = new CountDownLatch(1);
			publish(leaving, 0, 1);
			await().until(() -> deliveries.size() == 1);
			leaving.close();
			gate.countDown();
			await().untilAsserted(() -> assertThat(deliveries.get("0")).hasValue(2));
			assertThat(ambiguous).hasValue(1);
		}
	}

	private static OutboxApplication start(TestDatabase server, String url, String... properties) {
		return OutboxApplication.start(server, url, Notes.class, properties);
	}

	private static void publish(OutboxApplication app, int from, int count) {
		app.inTransaction(() -> IntStream.range(from, from + count)
			.forEach((number) -> app.outbox().publish(new Note(Integer.toString(number)))));
	}

	private static List<Integer> shares(OutboxApplication app) {
		return app.bean(OutboxOperations.class)
			.leases()
			.stream()
			.filter((lease) -> lease.owner() != null)
			.collect(Collectors.groupingBy(LeaseState::owner, Collectors.summingInt((lease) -> 1)))
			.values()
			.stream()
			.sorted()
			.toList();
	}

	record Note(String text) {

	}

	static class Notes {

		@OutboxHandler("notes")
		void on(Note note, OutboxMessage message) throws InterruptedException {
			deliveries.computeIfAbsent(note.text(), (absent) -> new AtomicInteger()).incrementAndGet();
			if (message.ambiguous()) {
				ambiguous.incrementAndGet();
			}
			gate.await();
		}

	}

}
