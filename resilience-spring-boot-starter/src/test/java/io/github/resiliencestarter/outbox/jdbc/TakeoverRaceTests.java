package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.github.resiliencestarter.guard.VirtualClock;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An owner settles and fetches while another instance takes its shard, again and again:
 * either the owner was first, and what it did stands, or it changes nothing. Every second
 * round has a known winner; who wins the others is up to the machine, so nothing is
 * expected of their number. The loser of a race gets a longer start in the next. Five
 * thousand times with
 * {@code mvn -pl resilience-spring-boot-starter test -Dtest=TakeoverRaceTests -Doutbox.race.rounds=5000}.
 */
class TakeoverRaceTests {

	private static final int ROUNDS = Integer.getInteger("outbox.race.rounds", 120);

	private static final Act[] ACTS = Act.values();

	private static final Start[] STARTS = { Start.OLD_OWNER, Start.BOTH, Start.NEW_OWNER, Start.BOTH };

	private static final long STEP = TimeUnit.MICROSECONDS.toNanos(50);

	private static final Duration LEASE = Duration.ofHours(1);

	private static final Set<String> TYPES = Set.of("t");

	@ParameterizedTest
	@EnumSource
	void whateverAnOwnerDoesIsDoneBeforeTheTakeoverOrNotAtAll(TestDatabase server) throws Exception {
		Race race = new Race(server);
		ExecutorService threads = Executors.newFixedThreadPool(2);
		for (int round = 0; round < ROUNDS; round++) {
			race.run(threads, ACTS[round % ACTS.length], STARTS[round / ACTS.length % STARTS.length]);
		}
		threads.shutdown();
	}

	private enum Act {

		DELIVERED, BURIED, PARKED, FETCHED

	}

	private enum Start {

		OLD_OWNER, NEW_OWNER, BOTH

	}

	private static final class Race {

		private final JdbcOutboxStore store;

		private final JdbcClient jdbc;

		private final TransactionTemplate transaction;

		/** How long the new owner waits for the old one, or the reverse if below zero. */
		private volatile long lead;

		private Race(TestDatabase server) {
			ResilienceDatabase database = server.createResilienceDatabase();
			this.store = new JdbcOutboxStore(database, new VirtualClock(), LEASE, true);
			this.jdbc = JdbcClient.create(database.dataSource());
			this.transaction = new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
			this.store.prepare(1);
		}

		private void run(ExecutorService threads, Act act, Start first) throws Exception {
			ShardLease lease = own("old");
			append();
			StoredMessage message = fetch("old", lease, 0).fetched().get(0);
			append();
			CountDownLatch oldOwnerMay = new CountDownLatch((first == Start.NEW_OWNER) ? 1 : 0);
			CountDownLatch newOwnerMay = new CountDownLatch((first == Start.OLD_OWNER) ? 1 : 0);
			CyclicBarrier barrier = new CyclicBarrier(2);
			Future<Exchanged> exchanged = threads.submit(() -> {
				barrier.await();
				oldOwnerMay.await();
				letTheOtherStart(-this.lead);
				try {
					return this.store.exchange(exchange(act, lease, message));
				}
				finally {
					newOwnerMay.countDown();
				}
			});
			Future<ShardLease> taken = threads.submit(() -> {
				barrier.await();
				newOwnerMay.await();
				letTheOtherStart(this.lead);
				try {
					this.jdbc.sql("UPDATE resilience_outbox_lease SET expires_at = 1").update();
					return own("new");
				}
				finally {
					oldOwnerMay.countDown();
				}
			});
			boolean lost = !exchanged.get().lost().isEmpty();
			if (first == Start.BOTH) {
				this.lead += lost ? STEP : -STEP;
			}
			else {
				assertThat(lost).as(act + " after the takeover").isEqualTo(first == Start.NEW_OWNER);
			}
			verify(act, lost, exchanged.get(), taken.get());
			this.store.release("new", Map.of(taken.get(), List.of()));
			List.of("outbox", "outbox_later", "outbox_dead")
				.forEach((table) -> this.jdbc.sql("DELETE FROM resilience_" + table).update());
		}

		private static void letTheOtherStart(long lead) {
			long start = System.nanoTime();
			while (System.nanoTime() - start < lead) {
				Thread.onSpinWait();
			}
		}

		private void verify(Act act, boolean lost, Exchanged exchanged, ShardLease taken) {
			Exchanged seen = this.store
				.exchange(new Exchange("new", List.of(new ShardTurn(taken, List.of(), List.of(), false, 0, 100, 0)),
						List.of(), List.of(), TYPES, 10, 10));
			assertThat(exchanged.fetched()).hasSize((lost || act != Act.FETCHED) ? 0 : 1);
			int suspects = (act == Act.FETCHED) ? (lost ? 1 : 2) : (lost ? 1 : 0);
			assertThat(seen.due()).as(act + ", lost: " + lost).filteredOn(StoredMessage::ambiguous).hasSize(suspects);
			assertThat(seen.fetched()).as("never sent")
				.noneMatch(StoredMessage::ambiguous)
				.hasSize((act == Act.FETCHED && !lost) ? 0 : 1);
			assertThat(count("resilience_outbox_dead")).isEqualTo((act == Act.BURIED && !lost) ? 1 : 0);
			assertThat(count("resilience_outbox_later")).isEqualTo(suspects + ((act == Act.PARKED && !lost) ? 1 : 0));
		}

		private static Exchange exchange(Act act, ShardLease lease, StoredMessage message) {
			List<StoredMessage> delivered = (act == Act.DELIVERED) ? List.of(message) : List.of();
			List<Long> inFlight = (act == Act.FETCHED) ? List.of(message.id()) : List.of();
			ShardTurn turn = new ShardTurn(lease, delivered, inFlight, false, message.id(),
					(act == Act.FETCHED) ? 10 : 0, 0);
			return new Exchange("old", List.of(turn),
					(act == Act.PARKED) ? List.of(new Parked(message, 3_600_000, false, 1, false, true, "e"))
							: List.of(),
					(act == Act.BURIED) ? List.of(new Buried(message, "h", 1, "e")) : List.of(), TYPES, 0, 0);
		}

		private ShardLease own(String owner) {
			List<ShardLease> leases = List.of();
			while (leases.isEmpty()) {
				leases = this.store.acquire(owner, 1, LEASE);
			}
			return leases.get(0);
		}

		private Exchanged fetch(String owner, ShardLease lease, long cursor) {
			return this.store.exchange(
					new Exchange(owner, List.of(new ShardTurn(lease, List.of(), List.of(), false, cursor, 100, 0)),
							List.of(), List.of(), TYPES, 0, 0));
		}

		private void append() {
			Objects.requireNonNull(this.transaction.execute((status) -> this.store
				.append(List.of(new NewMessage(0, UUID.randomUUID().toString(), "t", null, null, "{}", 0, 0)), true)));
		}

		private int count(String table) {
			return this.jdbc.sql("SELECT COUNT(*) FROM " + table).query(Integer.class).single();
		}

	}

}
