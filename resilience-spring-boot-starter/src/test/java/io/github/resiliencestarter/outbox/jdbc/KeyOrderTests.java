package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.github.resiliencestarter.Patience;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.outbox.Exchange;
import io.github.resiliencestarter.outbox.NewMessage;
import io.github.resiliencestarter.outbox.ShardLease;
import io.github.resiliencestarter.outbox.ShardTurn;
import io.github.resiliencestarter.outbox.StoredMessage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Messages of one key whose transactions overlap.
 */
class KeyOrderTests {

	private static final Duration LEASE = Duration.ofHours(1);

	@ParameterizedTest
	@EnumSource
	void inStrictOrderTheSecondPublisherWaitsForTheFirstOnesCommit(TestDatabase server) throws Exception {
		assertThat(seenAround(server, true)).containsExactly(List.of(), List.of("first", "second"));
	}

	@ParameterizedTest
	@EnumSource
	void byIdTheOneThatCommitsLaterMayHaveTheSmallerId(TestDatabase server) throws Exception {
		assertThat(seenAround(server, false)).containsExactly(List.of("second"), List.of("first", "second"));
	}

	@ParameterizedTest
	@EnumSource
	void inStrictOrderMessagesWithoutAKeyWaitForNobody(TestDatabase server) {
		ResilienceDatabase database = server.createResilienceDatabase();
		JdbcOutboxStore store = new JdbcOutboxStore(database, MonotonicClock.system(), LEASE, false, true);
		store.prepare(1);
		transaction(database).executeWithoutResult((status) -> {
			store.append(List.of(message(null, "first")), true);
			ExecutorService thread = Executors.newSingleThreadExecutor();
			assertThat(thread.submit(() -> transaction(database)
				.executeWithoutResult((other) -> store.append(List.of(message(null, "second")), true))))
				.succeedsWithin(Patience.LIMIT);
			thread.shutdown();
		});
	}

	/**
	 * Return what the relay sees before the first transaction's commit, and after both.
	 */
	private static List<List<String>> seenAround(TestDatabase server, boolean strict) throws Exception {
		ResilienceDatabase database = server.createResilienceDatabase();
		JdbcOutboxStore store = new JdbcOutboxStore(database, MonotonicClock.system(), LEASE, false, strict);
		store.prepare(1);
		ShardLease lease = store.acquire("a", 1, LEASE).get(0);
		ExecutorService thread = Executors.newSingleThreadExecutor();
		List<List<String>> seen = new ArrayList<>();
		Future<?> second = transaction(database).execute((status) -> {
			store.append(List.of(message("k", "first")), true);
			Future<?> published = thread.submit(() -> transaction(database)
				.executeWithoutResult((other) -> store.append(List.of(message("k", "second")), true)));
			await().until(() -> published.isDone() || elsewhere(() -> server.isSomebodyBlocked(database.dataSource())));
			seen.add(elsewhere(() -> payloads(store, lease)));
			return published;
		});
		second.get();
		seen.add(payloads(store, lease));
		thread.shutdown();
		return seen;
	}

	/**
	 * Ask on another thread, because this one's statements belong to its transaction.
	 */
	private static <T> T elsewhere(Callable<T> question) {
		ExecutorService thread = Executors.newSingleThreadExecutor();
		try {
			return thread.submit(question).get();
		}
		catch (InterruptedException | ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			thread.shutdown();
		}
	}

	private static List<String> payloads(JdbcOutboxStore store, ShardLease lease) {
		return store
			.exchange(new Exchange("a", List.of(new ShardTurn(lease, List.of(), List.of(), false, 0, 10, 0)), List.of(),
					List.of(), Set.of("t"), 0, 0))
			.fetched()
			.stream()
			.map(StoredMessage::payload)
			.toList();
	}

	private static TransactionTemplate transaction(ResilienceDatabase database) {
		return new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
	}

	private static NewMessage message(@Nullable String key, String payload) {
		return new NewMessage(0, UUID.randomUUID().toString(), "t", key, null, payload, 0, 0);
	}

}
