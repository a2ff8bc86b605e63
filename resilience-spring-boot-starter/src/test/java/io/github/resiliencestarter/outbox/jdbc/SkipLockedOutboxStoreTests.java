package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.outbox.Attendance;
import io.github.resiliencestarter.outbox.Buried;
import io.github.resiliencestarter.outbox.Exchange;
import io.github.resiliencestarter.outbox.Exchanged;
import io.github.resiliencestarter.outbox.Parked;
import io.github.resiliencestarter.outbox.ShardLease;
import io.github.resiliencestarter.outbox.ShardTurn;
import io.github.resiliencestarter.outbox.StoredMessage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The contract of {@link SkipLockedOutboxStore}, on every database.
 */
class SkipLockedOutboxStoreTests {

	private static final Duration LEASE = SkipLockedFixture.LEASE;

	private static final Set<String> TYPES = Set.of("t");

	private static final ShardLease FIRST = new ShardLease(0, 1);

	@ParameterizedTest
	@EnumSource
	void aMessageIsClaimedByOneInstanceAndOfAKeyTheFirst(TestDatabase server) {
		SkipLockedFixture fixture = new SkipLockedFixture(server);
		SkipLockedOutboxStore a = fixture.instance("a");
		SkipLockedOutboxStore b = fixture.instance("b");
		fixture.append("k", "k", null, "K");
		List<StoredMessage> claimed = exchange(a, List.of(), 0, 10).fetched();
		assertThat(claimed).extracting(StoredMessage::key).containsExactly("k", null, "K");
		assertThat(claimed).allMatch((message) -> message.attempts() == 0 && !message.ambiguous() && message.later());
		assertThat(exchange(b, List.of(), 10, 10).fetched()).isEmpty();
		assertThat(exchange(a, claimed.subList(0, 1), 10, 10).fetched()).extracting(StoredMessage::key)
			.containsExactly("k");
	}

	@ParameterizedTest
	@EnumSource
	void asManyAreClaimedAsThereIsRoomForWhereverTheScanBegins(TestDatabase server) {
		SkipLockedFixture fixture = new SkipLockedFixture(server);
		SkipLockedOutboxStore a = fixture.instance("a");
		fixture.append(null, null, null, null, null, null);
		List<StoredMessage> claimed = exchange(a, List.of(), 0, 2).fetched();
		List<Long> underWay = new ArrayList<>(claimed.stream().map(StoredMessage::id).toList());
		for (long cursor : new long[] { 0, underWay.get(0) }) {
			ShardTurn turn = new ShardTurn(FIRST, List.of(), underWay, false, cursor, 2, underWay.size());
			List<StoredMessage> more = a.exchange(new Exchange("", List.of(turn), List.of(), List.of(), TYPES, 0, 0))
				.fetched();
			assertThat(more).hasSize(2);
			more.forEach((message) -> underWay.add(message.id()));
		}
	}

	@ParameterizedTest
	@EnumSource
	void whatADeadInstanceHadClaimedComesBackAsAmbiguousAndItSettlesNothing(TestDatabase server) {
		SkipLockedFixture fixture = new SkipLockedFixture(server);
		SkipLockedOutboxStore a = fixture.instance("a");
		SkipLockedOutboxStore b = fixture.instance("b");
		fixture.append("k", null);
		List<StoredMessage> claimed = exchange(a, List.of(), 0, 10).fetched();
		fixture.endClaims();
		List<StoredMessage> due = new ArrayList<>(exchange(b, List.of(), 1, 10).due());
		assertThat(due).singleElement().satisfies((message) -> {
			assertThat(message.ambiguous()).isTrue();
			assertThat(message.attempts()).isOne();
			assertThat(message.crashes()).isOne();
		});
		ShardTurn turn = new ShardTurn(FIRST, List.of(), due.stream().map(StoredMessage::id).toList(), false,
				Long.MAX_VALUE, 10, 0);
		due.addAll(b.exchange(new Exchange("", List.of(turn), List.of(), List.of(), TYPES, 1, 1)).due());
		assertThat(due).hasSize(2);
		exchange(a, claimed, 0, 10);
		assertThat(fixture.count("resilience_outbox_later")).isEqualTo(2);
		exchange(b, due, 0, 10);
		assertThat(fixture.count("resilience_outbox_later")).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void whatWasClaimedButFoundNoPlaceInMemoryIsClaimedAgainAsIfNothingHadHappened(TestDatabase server) {
		SkipLockedFixture fixture = new SkipLockedFixture(server);
		SkipLockedOutboxStore a = fixture.instance("a");
		fixture.append("k", null);
		assertThat(exchange(a, List.of(), 0, 10).fetched()).hasSize(2);
		assertThat(exchange(a, List.of(), 10, 0).due()).hasSize(2)
			.allSatisfy((message) -> assertThat(message).returns(0, StoredMessage::attempts)
				.returns(0, StoredMessage::crashes)
				.returns(false, StoredMessage::ambiguous));
	}

	@ParameterizedTest
	@EnumSource
	void whatIsPutOffForNoTimeAtAllIsClaimedByTheNextExchange(TestDatabase server) {
		SkipLockedFixture fixture = new SkipLockedFixture(server);
		SkipLockedOutboxStore a = fixture.instance("a");
		fixture.append("k");
		StoredMessage claimed = exchange(a, List.of(), 0, 10).fetched().get(0);
		Exchanged exchanged = a
			.exchange(new Exchange("a", List.of(new ShardTurn(FIRST, List.of(), List.of(), false, 0, 0, 0)),
					List.of(new Parked(claimed, 0, false, 1, false, true, "e")), List.of(), TYPES, 10, 0));
		assertThat(exchanged.due()).as("the relay still knows the message, and would ignore it").isEmpty();
		assertThat(exchange(a, List.of(), 10, 0).due()).singleElement().returns(1, StoredMessage::attempts);
	}

	@ParameterizedTest
	@EnumSource
	void aFailedMessageKeepsWhatItReallyUsed(TestDatabase server) {
		SkipLockedFixture fixture = new SkipLockedFixture(server);
		SkipLockedOutboxStore a = fixture.instance("a");
		fixture.append("k", "k");
		StoredMessage claimed = exchange(a, List.of(), 0, 10).fetched().get(0);
		Exchanged parked = a
			.exchange(new Exchange("a", List.of(new ShardTurn(FIRST, List.of(), List.of(), false, 0, 9, 0)),
					List.of(new Parked(claimed, 0, false, 1, false, true, "no")), List.of(), TYPES, 0, 0));
		assertThat(parked.fetched()).as("the head that failed holds back its key").isEmpty();
		assertThat(exchange(a, List.of(), 10, 10).due()).singleElement().satisfies((message) -> {
			assertThat(message.attempts()).isOne();
			assertThat(message.crashes()).isZero();
			assertThat(message.ambiguous()).isFalse();
		});
	}

	@ParameterizedTest
	@EnumSource
	void aGracefulStopGivesBackWhatWasNeverSentAsItWas(TestDatabase server) {
		SkipLockedFixture fixture = new SkipLockedFixture(server);
		SkipLockedOutboxStore a = fixture.instance("a");
		fixture.append(null, null);
		List<StoredMessage> claimed = exchange(a, List.of(), 0, 10).fetched();
		a.release("a", Map.of(FIRST, List.of(claimed.get(0).id())));
		Exchanged taken = exchange(fixture.instance("b"), List.of(), 10, 10);
		assertThat(taken.due()).hasSize(2)
			.allSatisfy((message) -> assertThat(message.ambiguous()).isEqualTo(message.id() == claimed.get(0).id()));
	}

	@ParameterizedTest
	@EnumSource
	void claimsAreRenewedAndALostOneTakesItsShardAlong(TestDatabase server) {
		SkipLockedFixture fixture = new SkipLockedFixture(server);
		SkipLockedOutboxStore a = fixture.instance("a");
		fixture.append(null, null);
		List<StoredMessage> claimed = exchange(a, List.of(), 0, 10).fetched();
		Attendance longer = a.attend("a", LEASE.multipliedBy(10));
		assertThat(longer.held()).containsExactly(FIRST);
		fixture.endClaims();
		exchange(fixture.instance("b"), List.of(), 0, 1);
		assertThat(a.attend("a", LEASE.multipliedBy(100)).held()).isEmpty();
		assertThat(a.acquire("a", 1, LEASE)).containsExactly(new ShardLease(0, 2));
		exchange(a, claimed, 0, 0);
		assertThat(fixture.count("resilience_outbox_later")).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource
	void aRedeliveredMessageWaitsForTheOneOfItsKeyThatIsUnderWay(TestDatabase server) {
		SkipLockedFixture fixture = new SkipLockedFixture(server);
		SkipLockedOutboxStore a = fixture.instance("a");
		fixture.append("k", "k");
		StoredMessage first = exchange(a, List.of(), 0, 10).fetched().get(0);
		a.exchange(new Exchange("a", List.of(new ShardTurn(FIRST, List.of(), List.of(), false, 0, 0, 0)), List.of(),
				List.of(new Buried(first, "h", 1, "e")), TYPES, 0, 0));
		StoredMessage second = exchange(a, List.of(), 0, 10).fetched().get(0);
		assertThat(a.redeliver(first.messageId(), null)).isOne();
		assertThat(exchange(fixture.instance("b"), List.of(), 10, 10).due()).isEmpty();
		assertThat(exchange(a, List.of(second), 10, 10).due()).extracting(StoredMessage::id)
			.containsExactly(first.id());
	}

	@ParameterizedTest
	@EnumSource
	void instancesThatRaceNeverHaveTwoOfAKeyOrAMessageTwice(TestDatabase server) throws Exception {
		SkipLockedFixture fixture = new SkipLockedFixture(server);
		int messages = 120;
		IntStream.range(0, messages).forEach((number) -> fixture.append("k" + number % 6));
		Map<String, Boolean> underWay = new ConcurrentHashMap<>();
		Map<String, Long> latest = new ConcurrentHashMap<>();
		ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
		ConcurrentLinkedQueue<Long> delivered = new ConcurrentLinkedQueue<>();
		ExecutorService threads = Executors.newFixedThreadPool(4);
		List<Future<?>> instances = IntStream.range(0, 4).<Future<?>>mapToObj((number) -> threads.submit(() -> {
			try {
				SkipLockedOutboxStore store = fixture.instance("i" + number);
				List<StoredMessage> done = List.of();
				while (delivered.size() < messages && violations.isEmpty()) {
					done.forEach((message) -> underWay.remove(Objects.requireNonNull(message.key())));
					done = exchange(store, done, 0, 3).fetched();
					for (StoredMessage message : done) {
						String key = Objects.requireNonNull(message.key());
						Long before = latest.put(key, message.id());
						if (underWay.put(key, true) != null || (before != null && before >= message.id())) {
							violations.add(key + ": " + message.id() + " after " + before);
						}
						delivered.add(message.id());
					}
				}
				exchange(store, done, 0, 0);
			}
			catch (RuntimeException ex) {
				violations.add(ex.toString());
			}
		})).toList();
		for (Future<?> instance : instances) {
			instance.get();
		}
		threads.shutdown();
		assertThat(violations).isEmpty();
		assertThat(delivered).hasSize(messages).doesNotHaveDuplicates();
		assertThat(fixture.count("resilience_outbox") + fixture.count("resilience_outbox_later")).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void theTwoWaysOfSharingRefuseEachOther(TestDatabase server) {
		SkipLockedFixture fixture = new SkipLockedFixture(server);
		JdbcOutboxStore shards = new JdbcOutboxStore(fixture.database, MonotonicClock.system(), LEASE, false);
		shards.prepare(1);
		shards.attend("s", LEASE);
		assertThatIllegalStateException().isThrownBy(() -> fixture.instance("a"))
			.withMessageContaining("resilience.outbox.claim=shards");
		shards.leave("s");
		SkipLockedOutboxStore rows = fixture.instance("a");
		rows.attend("a", LEASE);
		assertThatIllegalStateException().isThrownBy(() -> shards.prepare(1))
			.withMessageContaining("resilience.outbox.claim=skip-locked");
		assertThatIllegalStateException().isThrownBy(() -> shards.attend("s", LEASE));
		rows.leave("a");
		shards.prepare(1);
	}

	@ParameterizedTest
	@EnumSource
	void whatAnOwnerOfShardsHadUnderWayWhenItCrashedIsAmbiguous(TestDatabase server) {
		SkipLockedFixture fixture = new SkipLockedFixture(server);
		JdbcOutboxStore shards = new JdbcOutboxStore(fixture.database, MonotonicClock.system(), LEASE, false);
		shards.prepare(1);
		ShardLease lease = shards.acquire("s", 1, LEASE).get(0);
		fixture.append(null, null);
		shards.exchange(new Exchange("s", List.of(new ShardTurn(lease, List.of(), List.of(), false, 0, 1, 0)),
				List.of(), List.of(), TYPES, 0, 0));
		fixture.execute("UPDATE resilience_outbox_lease SET expires_at = 1");
		Exchanged taken = exchange(fixture.instance("a"), List.of(), 10, 10);
		assertThat(taken.fetched()).singleElement().matches((message) -> !message.ambiguous());
		assertThat(taken.due()).singleElement().matches(StoredMessage::ambiguous);
	}

	private static Exchanged exchange(SkipLockedOutboxStore store, List<StoredMessage> delivered, int due, int limit) {
		return store.exchange(
				new Exchange("", List.of(new ShardTurn(FIRST, delivered, List.of(), false, Long.MAX_VALUE, limit, 0)),
						List.of(), List.of(), TYPES, due, (due > 0) ? 1 : 0));
	}

}
