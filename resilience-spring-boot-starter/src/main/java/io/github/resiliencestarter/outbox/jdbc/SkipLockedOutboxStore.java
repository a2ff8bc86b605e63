package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.Appended;
import io.github.resiliencestarter.outbox.Attendance;
import io.github.resiliencestarter.outbox.Buried;
import io.github.resiliencestarter.outbox.Committed;
import io.github.resiliencestarter.outbox.DeadLetter;
import io.github.resiliencestarter.outbox.Exchange;
import io.github.resiliencestarter.outbox.Exchanged;
import io.github.resiliencestarter.outbox.KeyState;
import io.github.resiliencestarter.outbox.LeaseState;
import io.github.resiliencestarter.outbox.NewMessage;
import io.github.resiliencestarter.outbox.OutboxFigures;
import io.github.resiliencestarter.outbox.OutboxSession;
import io.github.resiliencestarter.outbox.OutboxStore;
import io.github.resiliencestarter.outbox.Parked;
import io.github.resiliencestarter.outbox.ShardLease;
import io.github.resiliencestarter.outbox.ShardTurn;
import io.github.resiliencestarter.outbox.StoredMessage;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The plain way to share messages: nobody owns a shard, every instance looks into all of
 * them and claims single messages. It wants nothing of the database but row locks and
 * {@code SKIP LOCKED}, and pays for it with an insert for each message and with claims
 * that wait for each other. To the relay each shard looks like one that it owns.
 * <p>
 * Its claims belong to the relay's thread.
 */
final class SkipLockedOutboxStore implements OutboxStore {

	private final JdbcOutboxStore tables;

	private final RelayTransaction transaction;

	private final JdbcTemplate jdbc;

	private final ResilienceDatabase database;

	private final Members members;

	private final Settlement settlement;

	private final RowClaims rowClaims;

	private final Duration lease;

	private final Map<Long, RowClaims.Claim> claims = new HashMap<>();

	private final Map<Integer, Long> epochs = new HashMap<>();

	private final Set<ShardLease> held = new HashSet<>();

	SkipLockedOutboxStore(ResilienceDatabase database, JdbcOutboxStore tables, Duration lease) {
		this.tables = tables;
		this.database = database;
		this.lease = lease;
		this.jdbc = new JdbcTemplate(database.dataSource());
		this.transaction = new RelayTransaction(this.jdbc, database);
		this.members = Members.withSkipLocked(this.jdbc, database);
		this.settlement = new Settlement(this.jdbc, database);
		this.rowClaims = new RowClaims(this.jdbc, database);
	}

	/**
	 * What an owner of shards that crashed had under way becomes ambiguous first.
	 */
	@Override
	public int prepare(int shards) {
		this.transaction.execute(() -> {
			this.members.refuseOthers();
			return 0;
		});
		int prepared = this.tables.create(shards);
		List<ShardLease> free = this.tables.acquire("", prepared, this.lease);
		this.tables.release("", free.stream().collect(Collectors.toMap((each) -> each, (each) -> List.of())));
		return prepared;
	}

	@Override
	public Attendance attend(String owner, Duration lease) {
		RowClaims.Renewal renewal = this.transaction.execute(() -> {
			this.members.attend(owner, lease);
			this.members.forgetDead(lease);
			return this.rowClaims.renew(this.claims.values(), lease);
		});
		renewal.renewed().forEach(this::keep);
		renewal.lost().forEach(this::lose);
		return this.transaction.execute(() -> {
			int shards = shards("").size();
			return new Attendance(1, shards, shards - this.held.size(), Set.copyOf(this.held), occupied(), nextDue());
		});
	}

	private Set<Integer> occupied() {
		Set<Integer> occupied = new HashSet<>(
				shards(" s WHERE EXISTS (SELECT 1 FROM resilience_outbox o WHERE o.shard = s.shard)"));
		this.claims.values().forEach((claim) -> occupied.add(claim.message().shard()));
		return occupied;
	}

	private List<Integer> shards(String condition) {
		return this.jdbc.queryForList(this.database.sql("SELECT shard FROM resilience_outbox_lease" + condition),
				Integer.class);
	}

	private long nextDue() {
		Long next = this.jdbc.queryForObject(this.database.sql("SELECT MIN(due) - {now} FROM resilience_outbox_later"),
				Long.class);
		return (next != null) ? next : Long.MAX_VALUE;
	}

	private void keep(RowClaims.Claim claim) {
		this.claims.put(claim.message().id(), claim);
	}

	/**
	 * This instance did not report for so long that another has the message. What else it
	 * has of the shard is forgotten, and comes back when its claims have ended.
	 */
	private void lose(RowClaims.Claim claim) {
		int shard = claim.message().shard();
		this.claims.values().removeIf((each) -> each.message().shard() == shard);
		this.held.removeIf((each) -> each.shard() == shard);
	}

	@Override
	public List<ShardLease> acquire(String owner, int most, Duration lease) {
		Set<Integer> known = this.held.stream().map(ShardLease::shard).collect(Collectors.toSet());
		List<ShardLease> acquired = this.transaction.execute(() -> shards(""))
			.stream()
			.filter((shard) -> !known.contains(shard))
			.map((shard) -> new ShardLease(shard, this.epochs.merge(shard, 1L, Long::sum)))
			.toList();
		this.held.addAll(acquired);
		return acquired;
	}

	@Override
	public void release(String owner, Map<ShardLease, List<Long>> leases) {
		Set<Long> sent = leases.values().stream().flatMap(List::stream).collect(Collectors.toSet());
		this.transaction.execute(() -> {
			this.claims.values()
				.forEach((claim) -> this.rowClaims.giveBack(claim, sent.contains(claim.message().id())));
			return 0;
		});
		this.claims.clear();
		this.held.removeAll(leases.keySet());
	}

	@Override
	public void leave(String owner) {
		this.transaction.execute(() -> this.members.leave(owner));
	}

	@Override
	public Exchanged exchange(Exchange exchange) {
		List<Long> ended = ended(exchange).map(StoredMessage::id).toList();
		List<RowClaims.Claim> untaken = untaken(exchange, ended);
		List<RowClaims.Claim> claimed = new ArrayList<>();
		Exchanged exchanged = this.transaction.execute(() -> {
			claimed.clear();
			settle(exchange, ended);
			untaken.forEach((claim) -> this.rowClaims.giveBack(claim, false));
			return claim(exchange, Set.copyOf(ended), claimed);
		});
		ended.forEach(this.claims::remove);
		untaken.forEach((claim) -> this.claims.remove(claim.message().id()));
		claimed.forEach(this::keep);
		return exchanged;
	}

	/**
	 * Find what was claimed but does not stand in the relay's memory, because there was
	 * no room for it after all. Renewed for ever, it would never be delivered.
	 */
	private List<RowClaims.Claim> untaken(Exchange exchange, List<Long> ended) {
		Set<Integer> shards = new HashSet<>();
		Set<Long> known = new HashSet<>(ended);
		exchange.turns().forEach((turn) -> {
			shards.add(turn.lease().shard());
			known.addAll(turn.inFlight());
		});
		return this.claims.values()
			.stream()
			.filter((claim) -> shards.contains(claim.message().shard()) && !known.contains(claim.message().id()))
			.toList();
	}

	private static Stream<StoredMessage> ended(Exchange exchange) {
		return Stream
			.of(exchange.turns().stream().flatMap((turn) -> turn.delivered().stream()),
					exchange.parked().stream().map(Parked::message), exchange.buried().stream().map(Buried::message))
			.flatMap((part) -> part);
	}

	private void settle(Exchange exchange, List<Long> ended) {
		Set<Long> ours = this.rowClaims
			.held(ended.stream().filter(this.claims::containsKey).map(this.claims::get).toList());
		exchange.turns()
			.forEach((turn) -> this.settlement
				.delivered(turn.delivered().stream().filter((message) -> ours.contains(message.id())).toList()));
		exchange.parked()
			.stream()
			.filter((parked) -> ours.contains(parked.message().id()))
			.forEach(this.settlement::park);
		exchange.buried()
			.stream()
			.filter((buried) -> ours.contains(buried.message().id()))
			.forEach(this.settlement::bury);
	}

	/**
	 * What has just ended is left for the next exchange: the relay still knows it.
	 */
	private Exchanged claim(Exchange exchange, Set<Long> ended, List<RowClaims.Claim> claimed) {
		long until = this.database.now(this.jdbc) + this.lease.toMillis();
		Set<Integer> shards = this.rowClaims.lock(exchange.turns()
			.stream()
			.filter((turn) -> turn.limit() > 0 || exchange.due() > 0)
			.map((turn) -> turn.lease().shard())
			.toList());
		List<StoredMessage> fetched = new ArrayList<>();
		for (ShardTurn turn : exchange.turns()) {
			if (turn.limit() > 0 && shards.contains(turn.lease().shard())) {
				fetched.addAll(this.rowClaims.claim(turn, exchange.types(), until));
			}
		}
		List<StoredMessage> due = this.rowClaims.claimDue(shards, exchange.types(), exchange.due(), exchange.suspects(),
				ended, until);
		Stream.concat(fetched.stream(), due.stream())
			.forEach((message) -> claimed.add(new RowClaims.Claim(message, until)));
		return new Exchanged(Set.of(), fetched, due, this.rowClaims.nextDue(shards, exchange.due()));
	}

	/**
	 * A message is always claimed before it is sent, so nothing is handed over in memory.
	 */
	@Override
	public boolean returnsAppended() {
		return false;
	}

	@Override
	public @Nullable OutboxSession openSession(String owner) {
		return null;
	}

	@Override
	public void announce(Collection<Committed> committed) {
		// others find the messages when they poll
	}

	@Override
	public List<LeaseState> leases() {
		return List.of();
	}

	@Override
	public boolean isInTransaction() {
		return this.tables.isInTransaction();
	}

	@Override
	public List<Appended> append(List<NewMessage> messages, boolean wanted) {
		return this.tables.append(messages, wanted);
	}

	@Override
	public OutboxFigures figures() {
		return this.tables.figures();
	}

	@Override
	public KeyState key(int shard, String key) {
		return this.tables.keyWithoutLease(shard, key);
	}

	@Override
	public List<DeadLetter> dead(@Nullable String handler, int most) {
		return this.tables.dead(handler, most);
	}

	@Override
	public int redeliver(@Nullable String messageId, @Nullable String handler) {
		return this.tables.redeliver(messageId, handler);
	}

	@Override
	public boolean discard(String messageId) {
		return this.tables.discard(messageId);
	}

}
