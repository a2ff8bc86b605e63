package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.outbox.Buried;
import io.github.resiliencestarter.outbox.Exchange;
import io.github.resiliencestarter.outbox.Exchanged;
import io.github.resiliencestarter.outbox.NewMessage;
import io.github.resiliencestarter.outbox.Parked;
import io.github.resiliencestarter.outbox.ShardLease;
import io.github.resiliencestarter.outbox.ShardTurn;
import io.github.resiliencestarter.outbox.StoredMessage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The contract of the store, on every database.
 */
class JdbcOutboxStoreTests {

	private static final Duration LEASE = Duration.ofHours(1);

	private static final Set<String> TYPES = Set.of("t");

	@ParameterizedTest
	@EnumSource
	void aShardBelongsToOneOwner(TestDatabase server) {
		Fixture fixture = new Fixture(server, 8);
		assertThat(fixture.store.attend("a", LEASE).fairShare()).isEqualTo(8);
		assertThat(fixture.store.acquire("a", 5, LEASE)).hasSize(5);
		assertThat(fixture.store.attend("b", LEASE).fairShare()).isEqualTo(4);
		assertThat(fixture.store.acquire("b", 8, LEASE)).hasSize(3);
		assertThat(fixture.store.attend("b", LEASE).held()).hasSize(3).allMatch((lease) -> lease.epoch() == 1);
		assertThat(fixture.store.attend("a", LEASE).unowned()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void anExpiredOrReleasedLeaseIsTakenWithAHigherEpoch(TestDatabase server) {
		Fixture fixture = new Fixture(server, 2);
		List<ShardLease> leases = fixture.store.acquire("a", 2, LEASE);
		fixture.store.release("a", Map.of(leases.get(0), List.of()));
		assertThat(fixture.store.acquire("b", 2, LEASE)).containsExactly(new ShardLease(leases.get(0).shard(), 2));
		fixture.expire("a");
		assertThat(fixture.store.acquire("b", 2, LEASE)).containsExactly(new ShardLease(leases.get(1).shard(), 2));
	}

	@ParameterizedTest
	@EnumSource
	void whoeverLostTheLeaseChangesNothing(TestDatabase server) {
		Fixture fixture = new Fixture(server, 1);
		ShardLease old = fixture.own("a");
		fixture.appendKeyed(null, null, null);
		List<StoredMessage> messages = fixture.fetch("a", old, 0);
		fixture.expire("a");
		fixture.own("b");
		Exchanged stale = fixture.store
			.exchange(new Exchange("a", List.of(new ShardTurn(old, messages.subList(0, 1), List.of(), false, 0, 10, 0)),
					List.of(new Parked(messages.get(1), 0, false, 1, false, true, "stale")),
					List.of(new Buried(messages.get(2), "h", 1, "stale")), TYPES, 10, 1));
		assertThat(stale.lost()).containsExactly(0);
		assertThat(stale.fetched()).isEmpty();
		assertThat(stale.due()).isEmpty();
		assertThat(fixture.count("resilience_outbox") + fixture.count("resilience_outbox_later")).isEqualTo(3);
		assertThat(fixture.count("resilience_outbox_dead")).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void exactlyWhatTheDeadOwnerHadUnderWayIsAmbiguous(TestDatabase server) {
		Fixture fixture = new Fixture(server, 1);
		ShardLease lease = fixture.own("a");
		fixture.appendKeyed(null, null, null, null);
		List<StoredMessage> fetched = fixture.fetch("a", lease, 0).subList(0, 2);
		fixture.store.exchange(new Exchange("a", List
			.of(new ShardTurn(lease, fetched.subList(0, 1), List.of(fetched.get(1).id()), false, Long.MAX_VALUE, 0, 0)),
				List.of(), List.of(), TYPES, 0, 0));
		long handedOver = fixture.stored(new NewMessage(0, uuid(), "t", null, null, "{}", 0, lease.epoch()));
		fixture.expire("a");
		ShardLease next = fixture.own("b");
		Exchanged taken = fixture.exchange("b", next, 0, 10, 10);
		assertThat(taken.fetched()).hasSize(2).noneMatch(StoredMessage::ambiguous);
		assertThat(taken.due()).hasSize(2).allSatisfy((suspect) -> {
			assertThat(suspect.ambiguous()).isTrue();
			assertThat(suspect.attempts()).isOne();
			assertThat(suspect.crashes()).isOne();
		}).extracting(StoredMessage::id).containsExactlyInAnyOrder(fetched.get(1).id(), handedOver);
		fixture.expire("b");
		fixture.own("c");
		assertThat(fixture.attempts(handedOver)).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource
	void aClaimThatCommitsAfterTheTakeoverIsAmbiguous(TestDatabase server) {
		Fixture fixture = new Fixture(server, 1);
		ShardLease lease = fixture.own("a");
		fixture.expire("a");
		ShardLease next = fixture.own("b");
		fixture.append(new NewMessage(0, uuid(), "t", null, null, "{}", 0, lease.epoch()));
		fixture.append(new NewMessage(0, uuid(), "t", null, null, "{}", 0, next.epoch()));
		assertThat(fixture.fetch("b", next, 0)).extracting(StoredMessage::ambiguous).containsExactly(true, false);
	}

	@ParameterizedTest
	@EnumSource
	void anOwnerThatLeavesOfItselfLeavesNothingAmbiguousButWhatItNames(TestDatabase server) {
		Fixture fixture = new Fixture(server, 1);
		ShardLease lease = fixture.own("a");
		long unknown = fixture.stored(new NewMessage(0, uuid(), "t", null, null, "{}", 0, lease.epoch()));
		fixture.append(new NewMessage(0, uuid(), "t", null, null, "{}", 0, lease.epoch()));
		fixture.store.release("a", Map.of(lease, List.of(unknown)));
		Exchanged taken = fixture.exchange("b", fixture.own("b"), 0, 10, 10);
		assertThat(taken.fetched()).singleElement().matches((message) -> !message.ambiguous());
		assertThat(taken.due()).singleElement().matches((message) -> message.id() == unknown);
	}

	@ParameterizedTest
	@EnumSource
	void aWaitingMessageHidesItsKeysSuccessorsOnly(TestDatabase server) {
		Fixture fixture = new Fixture(server, 1);
		ShardLease lease = fixture.own("a");
		fixture.appendKeyed("k", "K", "k", "k ");
		List<StoredMessage> messages = fixture.fetch("a", lease, 0);
		fixture.store.exchange(new Exchange("a", List.of(new ShardTurn(lease, List.of(), List.of(), false, 0, 0, 0)),
				List.of(new Parked(messages.get(0), 60_000, false, 1, false, true, "e")), List.of(), TYPES, 0, 0));
		assertThat(fixture.fetch("a", lease, 0)).extracting(StoredMessage::key).containsExactly("K", "k ");
		fixture.execute("UPDATE resilience_outbox_later SET due = 0");
		Exchanged due = fixture.exchange("a", lease, Long.MAX_VALUE, 10, 0);
		assertThat(due.due()).singleElement().satisfies((message) -> {
			assertThat(message.attempts()).isOne();
			assertThat(message.ambiguous()).isFalse();
		});
	}

	@ParameterizedTest
	@EnumSource
	void aDueMessageWaitsForItsKeysPredecessorsInBothTables(TestDatabase server) {
		Fixture fixture = new Fixture(server, 1);
		ShardLease lease = fixture.own("a");
		fixture.appendKeyed("k", "k", "k");
		List<StoredMessage> messages = fixture.fetch("a", lease, 0);
		fixture.store
			.exchange(
					new Exchange("a", List.of(new ShardTurn(lease, List.of(), List.of(), false, 0, 0, 0)),
							List.of(new Parked(messages.get(1), 0, false, 1, false, true, "e"),
									new Parked(messages.get(2), 0, false, 1, false, true, "e")),
							List.of(), TYPES, 0, 0));
		assertThat(fixture.exchange("a", lease, Long.MAX_VALUE, 10, 0).due()).isEmpty();
		fixture.store.exchange(
				new Exchange("a", List.of(new ShardTurn(lease, List.of(messages.get(0)), List.of(), false, 0, 0, 0)),
						List.of(), List.of(), TYPES, 0, 0));
		assertThat(fixture.exchange("a", lease, Long.MAX_VALUE, 10, 0).due()).singleElement()
			.matches((message) -> message.id() == messages.get(1).id());
	}

	@ParameterizedTest
	@EnumSource
	void withoutAKeyOnlyWantedTypesAreFetchedWithAKeyAll(TestDatabase server) {
		Fixture fixture = new Fixture(server, 1);
		ShardLease lease = fixture.own("a");
		fixture.append(new NewMessage(0, uuid(), "unknown", null, null, "{}", 0, 0));
		fixture.append(new NewMessage(0, uuid(), "unknown", "k", null, "{}", 0, 0));
		fixture.append(new NewMessage(0, uuid(), "t", null, null, "{}", 0, 0));
		assertThat(fixture.fetch("a", lease, 0)).extracting(StoredMessage::key).containsExactly("k", null);
	}

	@ParameterizedTest
	@EnumSource
	void waitingMessagesOfAnUnknownTypeTakeNobodysPlace(TestDatabase server) {
		Fixture fixture = new Fixture(server, 1);
		ShardLease lease = fixture.own("a");
		fixture.appendKeyed(null, null, null);
		List<StoredMessage> messages = fixture.fetch("a", lease, 0);
		fixture.store.exchange(new Exchange("a", List.of(new ShardTurn(lease, List.of(), List.of(), false, 0, 0, 0)),
				messages.stream().map((message) -> new Parked(message, 0, false, 1, false, true, "e")).toList(),
				List.of(), TYPES, 0, 0));
		fixture
			.execute("UPDATE resilience_outbox_later SET type = 'unknown', due = 1 WHERE id < " + messages.get(2).id());
		assertThat(fixture.exchange("a", lease, Long.MAX_VALUE, 2, 0).due()).singleElement()
			.matches((message) -> message.id() == messages.get(2).id());
	}

	@ParameterizedTest
	@EnumSource
	void settlingAgainAfterAnUnknownCommitChangesNothing(TestDatabase server) {
		Fixture fixture = new Fixture(server, 1);
		ShardLease lease = fixture.own("a");
		fixture.appendKeyed(null, null, null);
		List<StoredMessage> messages = fixture.fetch("a", lease, 0);
		Exchange settle = new Exchange("a",
				List.of(new ShardTurn(lease, messages.subList(0, 1), List.of(), false, 0, 10, 0)),
				List.of(new Parked(messages.get(1), 60_000, false, 1, true, true, "e")),
				List.of(new Buried(messages.get(2), "h", 1, "e")), TYPES, 10, 0);
		for (int time = 0; time < 2; time++) {
			fixture.store.exchange(settle);
			assertThat(fixture.count("resilience_outbox")).isZero();
			assertThat(fixture.count("resilience_outbox_later")).isOne();
			assertThat(fixture.count("resilience_outbox_dead")).isOne();
		}
	}

	@ParameterizedTest
	@EnumSource
	void publishersOnManyThreadsNeverDeadlockWithTheRelay(TestDatabase server) throws Exception {
		Fixture fixture = new Fixture(server, 4);
		List<ShardLease> leases = fixture.store.acquire("a", 4, LEASE);
		ExecutorService threads = Executors.newFixedThreadPool(8);
		List<Future<?>> producers = new ArrayList<>();
		for (int thread = 0; thread < 8; thread++) {
			producers.add(threads.submit(() -> IntStream.range(0, 40)
				.forEach((number) -> fixture.append(IntStream.range(0, 3)
					.mapToObj((each) -> new NewMessage((number + each) % 4, uuid(), "t", null, null, "{}", 0, 0))
					.toArray(NewMessage[]::new)))));
		}
		int settled = 0;
		while (settled < 8 * 40 * 3) {
			for (Future<?> producer : producers) {
				if (producer.isDone()) {
					producer.get();
				}
			}
			for (ShardLease lease : leases) {
				List<StoredMessage> fetched = fixture.fetch("a", lease, 0);
				fixture.store.exchange(new Exchange("a",
						List.of(new ShardTurn(lease, fetched, List.of(), false, Long.MAX_VALUE, 0, 0)), List.of(),
						List.of(), TYPES, 0, 0));
				settled += fetched.size();
			}
		}
		for (Future<?> producer : producers) {
			producer.get();
		}
		threads.shutdown();
		assertThat(fixture.count("resilience_outbox")).isZero();
	}

	private static String uuid() {
		return UUID.randomUUID().toString();
	}

	private static final class Fixture {

		private final JdbcOutboxStore store;

		private final JdbcClient jdbc;

		private final TransactionTemplate transaction;

		private Fixture(TestDatabase server, int shards) {
			ResilienceDatabase database = server.createResilienceDatabase();
			this.store = new JdbcOutboxStore(database, MonotonicClock.system(), LEASE, true);
			this.jdbc = JdbcClient.create(database.dataSource());
			this.transaction = new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
			assertThat(this.store.prepare(shards)).isEqualTo(shards);
			assertThat(this.store.prepare(shards + 1)).isEqualTo(shards);
		}

		private ShardLease own(String owner) {
			return this.store.acquire(owner, 1, LEASE).get(0);
		}

		private void expire(String owner) {
			this.jdbc.sql("UPDATE resilience_outbox_lease SET expires_at = 1 WHERE owner = ?").param(owner).update();
		}

		private void appendKeyed(@Nullable String... keys) {
			for (String key : keys) {
				append(new NewMessage(0, uuid(), "t", key, null, "{}", 0, 0));
			}
		}

		private void append(NewMessage... messages) {
			this.transaction.executeWithoutResult((status) -> this.store.append(List.of(messages), true));
		}

		private long stored(NewMessage message) {
			append(message);
			return this.jdbc.sql("SELECT id FROM resilience_outbox WHERE message_id = ?")
				.param(message.messageId())
				.query(Long.class)
				.single();
		}

		private List<StoredMessage> fetch(String owner, ShardLease lease, long cursor) {
			return exchange(owner, lease, cursor, 0, 0).fetched();
		}

		private Exchanged exchange(String owner, ShardLease lease, long cursor, int due, int suspects) {
			return this.store.exchange(
					new Exchange(owner, List.of(new ShardTurn(lease, List.of(), List.of(), false, cursor, 100, 0)),
							List.of(), List.of(), TYPES, due, suspects));
		}

		private int attempts(long id) {
			return this.jdbc.sql("SELECT attempts FROM resilience_outbox_later WHERE id = ?")
				.param(id)
				.query(Integer.class)
				.single();
		}

		private long count(String table) {
			return this.jdbc.sql("SELECT COUNT(*) FROM " + table).query(Long.class).single();
		}

		private void execute(String sql) {
			this.jdbc.sql(sql).update();
		}

	}

}
