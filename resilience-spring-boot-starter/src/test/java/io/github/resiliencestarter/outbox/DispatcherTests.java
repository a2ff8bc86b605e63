package io.github.resiliencestarter.outbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import io.github.resiliencestarter.guard.VirtualClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Dispatcher}, with a worker that takes messages when the test says so.
 */
class DispatcherTests {

	private static final ShardLease LEASE = new ShardLease(0, 1);

	private final List<HandlerQueue> workers = new ArrayList<>();

	private boolean maySend = true;

	private final VirtualClock clock = new VirtualClock();

	private final Dispatcher dispatcher = new Dispatcher(() -> this.maySend, this.workers::add, this.clock);

	@BeforeEach
	void own() {
		HandlerMethod unused = new HandlerMethod(() -> {
			throw new IllegalStateException();
		}, Object::new);
		this.dispatcher.handle(List
			.of(new MessageHandler("h", Object.class, JsonMapper.shared().getTypeFactory().constructType(Object.class),
					List.of("t"), DeliveryPolicy.of("h", HandlerSettings.NONE), unused, null, "h", new Counts())));
		this.dispatcher.own(List.of(LEASE));
	}

	@Test
	void aMessageThatIsFetchedBeforeItsPublisherHandsItOverIsDeliveredOnce() {
		fetched();
		ShardLease claim = Objects.requireNonNull(this.dispatcher.place("t", "m1"));
		assertThat(claim).isEqualTo(LEASE);
		fetched(message(1, null));
		assertThat(next()).isNull();
		this.dispatcher.handOver(claim, message(1, null));
		Entry delivered = Objects.requireNonNull(next());
		fetched(message(1, null));
		end(delivered, Outcome.Delivered.INSTANCE);
		assertThat(next()).isNull();
	}

	@Test
	void aRolledBackPublicationGivesItsPlaceBack() {
		fetched();
		int room = this.dispatcher.room();
		this.dispatcher.place("t", "m1");
		assertThat(this.dispatcher.room()).isEqualTo(room - 1);
		this.dispatcher.release("t", "m1");
		assertThat(this.dispatcher.room()).isEqualTo(room);
	}

	@Test
	void ofAKeyNothingIsOutWhileTheStoreHasPutOffTheFirst() {
		fetched(message(1, "k"), message(2, "k"), message(3, "other"));
		Entry first = Objects.requireNonNull(next());
		assertThat(Objects.requireNonNull(next()).message.id()).isEqualTo(3);
		Outcome later = new Outcome.Later(1000, false, 1, false, "e");
		this.dispatcher.ended(new Ended(first, later));
		assertThat(next()).isNull();
		this.dispatcher.settled(List.of(new Ended(first, later)));
		assertThat(next()).isNull();
	}

	@Test
	void aDeadMessageLetsItsSuccessorGoOnceTheStoreHasIt() {
		fetched(message(1, "k"), message(2, "k"));
		Entry first = Objects.requireNonNull(next());
		Outcome dead = new Outcome.Dead(1, "e");
		this.dispatcher.ended(new Ended(first, dead));
		assertThat(next()).isNull();
		this.dispatcher.settled(List.of(new Ended(first, dead)));
		assertThat(Objects.requireNonNull(next()).message.id()).isEqualTo(2);
	}

	@Test
	void nothingIsSentWhileItIsUncertainWhoOwnsTheShard() {
		fetched(message(1, null));
		this.maySend = false;
		assertThat(next()).isNull();
		this.maySend = true;
		assertThat(next()).isNotNull();
	}

	@Test
	void aLostShardTakesItsMessagesAlong() {
		fetched(message(1, null), message(2, null));
		Entry underWay = Objects.requireNonNull(next());
		this.dispatcher.lose(0);
		assertThat(next()).isNull();
		this.dispatcher.ended(new Ended(underWay, Outcome.Delivered.INSTANCE));
		assertThat(this.dispatcher.unsettled()).isEmpty();
	}

	@Test
	void whatWasNeverSentIsNotUnknownWhenAShardIsGivenBack() {
		fetched(message(1, null), message(2, null));
		next();
		assertThat(this.dispatcher.drained(true)).containsExactly(Map.entry(LEASE, List.of(1L)));
	}

	@Test
	void aShardThatIsKeptAfterAllGoesOnWithEveryKey() {
		fetched(message(1, "k"), message(2, "k"));
		this.dispatcher.drain(1);
		assertThat(next()).isNull();
		this.dispatcher.drain(0);
		fetched(message(1, "k"), message(2, "k"));
		end(Objects.requireNonNull(next()), Outcome.Delivered.INSTANCE);
		assertThat(Objects.requireNonNull(next()).message.id()).isEqualTo(2);
	}

	@Test
	void aShardThatIsKeptAfterAllForgetsTheSuspectThatItNeverSent() {
		StoredMessage suspect = new StoredMessage(0, 1, true, "m1", "t", null, null, "{}", 0, 0, 1, 1, true);
		ShardTurn turn = new ShardTurn(LEASE, List.of(), List.of(), false, 0, 0, 0);
		this.dispatcher.apply(List.of(turn), new Exchanged(Set.of(), List.of(), List.of(suspect), 0), 100);
		assertThat(this.dispatcher.isSuspectKnown()).isTrue();
		this.dispatcher.drain(1);
		this.dispatcher.drain(0);
		assertThat(this.dispatcher.isSuspectKnown()).isFalse();
	}

	@Test
	void aTypeThatThisVersionDoesNotKnowIsLeftAndHoldsBackItsKey() {
		fetched(new StoredMessage(0, 1, false, "m1", "unknown", "k", null, "{}", 0, 0, 0, 0, false), message(2, "k"),
				message(3, null));
		assertThat(Objects.requireNonNull(next()).message.id()).isEqualTo(3);
		assertThat(next()).isNull();
	}

	@Test
	void aPausedHandlerGetsNothingUntilItIsResumed() {
		assertThat(this.dispatcher.pause("h", true)).isTrue();
		assertThat(this.dispatcher.openTypes()).isEmpty();
		fetched(message(1, null));
		assertThat(next()).isNull();
		this.dispatcher.pause("h", false);
		fetched(message(1, null));
		assertThat(next()).isNotNull();
		assertThat(this.dispatcher.pause("nobody", true)).isFalse();
	}

	@Test
	void aKeyWithMoreMessagesThanMemoryTakesGoesOnWithoutAPoll() {
		List<StoredMessage> stored = LongStream.rangeClosed(1, 100).mapToObj((id) -> message(id, "k")).toList();
		assertThat(deliverWithoutPoll(stored)).containsExactlyElementsOf(stored);
	}

	@Test
	void aScanGoesOnWhileItFindsMuchWhetherOrNotItMeetsWhatIsUnderWay() {
		fetched(message(1, null), message(2, null));
		this.dispatcher.poll(List.of(0));
		ShardTurn turn = this.dispatcher.turns(List.of(), false, 3).get(0);
		assertThat(turn.limit()).isEqualTo(3);
		assertThat(turn.rows()).as("those under way may be met besides").isEqualTo(5);
		List<StoredMessage> claimed = List.of(message(3, null), message(4, null), message(5, null));
		this.dispatcher.apply(List.of(turn), new Exchanged(Set.of(), claimed, List.of(), 0), 3);
		assertThat(this.dispatcher.turns(List.of(), false, 3)).isNotEmpty();
	}

	@Test
	void aScanGoesOnBehindMessagesThatCameAnotherWay() {
		fetched();
		List<StoredMessage> stored = LongStream.rangeClosed(1, 100).mapToObj((id) -> message(id, null)).toList();
		for (StoredMessage handedOver : stored.subList(0, 4)) {
			ShardLease claim = Objects.requireNonNull(this.dispatcher.place("t", handedOver.messageId()));
			this.dispatcher.handOver(claim, handedOver);
		}
		this.dispatcher.feed(List.of(new Committed(0, 5)));
		assertThat(deliverWithoutPoll(stored)).containsExactlyInAnyOrderElementsOf(stored);
	}

	@Test
	void whatAHandlerHadNoRoomForIsFetchedOnceItHas() {
		this.dispatcher.own(List.of(new ShardLease(1, 1)));
		List<StoredMessage> stored = LongStream.rangeClosed(1, 200)
			.mapToObj((id) -> new StoredMessage((int) (id % 2), id, false, "m" + id, "t",
					(id % 5 == 0) ? "k" + id : null, null, "{}", 0, 0, 0, 0, false))
			.toList();
		assertThat(deliverWithoutPoll(stored)).containsExactlyInAnyOrderElementsOf(stored);
	}

	@Test
	void howMuchIsFetchedFollowsTheRateWhileThereIsSomethingToDeliver() {
		int least = this.dispatcher.room();
		List<Ended> fast = deliver(least, Duration.ofMillis(1));
		this.clock.advance(Duration.ofHours(1));
		this.dispatcher.turns(fast, false, 100);
		assertThat(this.dispatcher.room()).isGreaterThan(100 * least);
		List<Ended> slow = deliver(least, Duration.ofMinutes(1));
		this.dispatcher.turns(slow, false, 100);
		assertThat(this.dispatcher.room()).isEqualTo(least);
	}

	@Test
	void ofLargeMessagesOnlySoManyAreFetchedAsFitIntoMemory() {
		int least = this.dispatcher.room();
		this.dispatcher.turns(deliver(least, Duration.ofNanos(1000), "{}"), false, 100);
		assertThat(this.dispatcher.room()).isEqualTo(4000);
		this.dispatcher.turns(deliver(400, Duration.ofMillis(1), "x".repeat(20_000)), false, 100);
		assertThat(this.dispatcher.room()).isBetween(500, 510);
		this.dispatcher.turns(deliver(400, Duration.ofMillis(1), "x".repeat(10_000_000)), false, 100);
		assertThat(this.dispatcher.room()).as("whatever their size").isEqualTo(least);
		for (int delivered = 0; delivered < 1000; delivered += least) {
			this.dispatcher.turns(deliver(least, Duration.ofNanos(1000), "{}"), false, 100);
		}
		assertThat(this.dispatcher.room()).as("when they are small again").isEqualTo(4000);
	}

	@Test
	void whenShardsRunEmptyAllAreAsked() {
		this.dispatcher.own(IntStream.range(1, 64).mapToObj((shard) -> new ShardLease(shard, 1)).toList());
		List<Ended> fast = deliver(this.dispatcher.room(), Duration.ofNanos(1000));
		List<ShardTurn> few = hungry(this.dispatcher.turns(fast, false, 200));
		assertThat(few).hasSize(20);
		List<StoredMessage> last = few.stream()
			.map((turn) -> new StoredMessage(turn.lease().shard(), 1000, false, "last" + turn.lease(), "t", null, null,
					"{}", 0, 0, 0, 0, false))
			.toList();
		this.dispatcher.apply(few, new Exchanged(Set.of(), last, List.of(), 0), 200);
		List<ShardTurn> all = hungry(this.dispatcher.turns(List.of(), false, 200));
		assertThat(all).as("all that may have something").hasSizeGreaterThanOrEqualTo(44);
		assertThat(all.stream().mapToInt(ShardTurn::limit).sum()).as("as far as there is room")
			.isGreaterThan(3000)
			.isLessThanOrEqualTo(this.dispatcher.room());
	}

	private static List<ShardTurn> hungry(List<ShardTurn> turns) {
		return turns.stream().filter((turn) -> turn.limit() > 0).toList();
	}

	private List<Ended> deliver(int messages, Duration within) {
		return deliver(messages, within, "{}");
	}

	private List<Ended> deliver(int messages, Duration within, String payload) {
		List<StoredMessage> fetched = LongStream.rangeClosed(1, messages)
			.mapToObj((id) -> new StoredMessage(0, id, false, "m" + id, "t", null, null, payload, 0, 0, 0, 0, false))
			.toList();
		ShardTurn turn = new ShardTurn(LEASE, List.of(), List.of(), false, 0, messages, 0);
		this.dispatcher.apply(List.of(turn), new Exchanged(Set.of(), fetched, List.of(), 0), 100);
		this.clock.advance(within);
		List<Ended> ended = work();
		this.dispatcher.settled(ended);
		return ended;
	}

	private List<StoredMessage> deliverWithoutPoll(List<StoredMessage> messages) {
		List<StoredMessage> stored = new ArrayList<>(messages);
		List<StoredMessage> delivered = new ArrayList<>();
		List<Ended> ended = List.of();
		while (true) {
			List<ShardTurn> turns = this.dispatcher.turns(ended, false, 100);
			if (turns.isEmpty()) {
				return delivered;
			}
			List<StoredMessage> fetched = turns.stream().flatMap((turn) -> fetch(stored, turn)).toList();
			this.dispatcher.apply(turns, new Exchanged(Set.of(), fetched, List.of(), 0), 100);
			this.dispatcher.settled(ended);
			ended.forEach((end) -> stored.remove(end.entry().message));
			ended = work();
			ended.forEach((end) -> delivered.add(end.entry().message));
		}
	}

	private static Stream<StoredMessage> fetch(List<StoredMessage> stored, ShardTurn turn) {
		return stored.stream()
			.filter((message) -> message.shard() == turn.lease().shard() && message.id() > turn.cursor())
			.limit(turn.rows());
	}

	private List<Ended> work() {
		while (!this.workers.isEmpty()) {
			HandlerQueue queue = this.workers.remove(0);
			Entry entry;
			while ((entry = this.dispatcher.next(queue)) != null) {
				this.dispatcher.ended(new Ended(entry, Outcome.Delivered.INSTANCE));
			}
		}
		return this.dispatcher.unsettled();
	}

	private void fetched(StoredMessage... messages) {
		ShardTurn turn = new ShardTurn(LEASE, List.of(), List.of(), false, 0, 100, 0);
		this.dispatcher.apply(List.of(turn), new Exchanged(Set.of(), List.of(messages), List.of(), 0), 100);
	}

	private void end(Entry entry, Outcome outcome) {
		Ended end = new Ended(entry, outcome);
		this.dispatcher.ended(end);
		this.dispatcher.settled(List.of(end));
	}

	private @Nullable Entry next() {
		this.dispatcher.resume();
		return this.workers.isEmpty() ? null : this.dispatcher.next(this.workers.remove(0));
	}

	private static StoredMessage message(long id, @Nullable String key) {
		return new StoredMessage(0, id, false, "m" + id, "t", key, null, "{}", 0, 0, 0, 0, false);
	}

}
