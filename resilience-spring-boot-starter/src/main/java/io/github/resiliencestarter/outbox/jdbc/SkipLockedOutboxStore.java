package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.Appended;
import io.github.resiliencestarter.outbox.Attendance;
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
import io.github.resiliencestarter.outbox.ShardLease;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The plain way to share messages: nobody owns a shard, every instance looks into all of
 * them and claims single messages. It wants nothing of the database but row locks and
 * {@code SKIP LOCKED}, and pays for it with an insert for each message and with claims
 * that wait for each other.
 */
final class SkipLockedOutboxStore implements OutboxStore {

	private final JdbcOutboxStore tables;

	private final RelayTransaction transaction;

	private final JdbcTemplate jdbc;

	private final ResilienceDatabase database;

	private final Members members;

	private final RowClaims rowClaims;

	private final HeldClaims claims = new HeldClaims();

	private final ClaimExchanges exchanges;

	private final Duration lease;

	SkipLockedOutboxStore(ResilienceDatabase database, JdbcOutboxStore tables, Duration lease) {
		this.tables = tables;
		this.database = database;
		this.lease = lease;
		this.jdbc = new JdbcTemplate(database.dataSource());
		this.transaction = new RelayTransaction(this.jdbc, database, lease);
		this.members = Members.withSkipLocked(this.jdbc, database);
		this.rowClaims = new RowClaims(this.jdbc, database);
		this.exchanges = new ClaimExchanges(this.jdbc, database, this.transaction, this.rowClaims, this.claims, lease);
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
			return this.rowClaims.renew(this.claims.all(), lease);
		});
		renewal.renewed().forEach(this.claims::keep);
		renewal.lost().forEach(this.claims::lose);
		return this.transaction.execute(() -> {
			int shards = shards("").size();
			Set<ShardLease> held = this.claims.shards();
			return new Attendance(1, shards, shards - held.size(), held, occupied(), nextDue());
		});
	}

	private Set<Integer> occupied() {
		Set<Integer> occupied = new HashSet<>(
				shards(" s WHERE EXISTS (SELECT 1 FROM resilience_outbox o WHERE o.shard = s.shard)"));
		this.claims.all().forEach((claim) -> occupied.add(claim.message().shard()));
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

	@Override
	public List<ShardLease> acquire(String owner, int most, Duration lease) {
		return this.claims.begin(this.transaction.execute(() -> shards("")));
	}

	@Override
	public void release(String owner, Map<ShardLease, List<Long>> leases) {
		Set<Long> sent = leases.values().stream().flatMap(List::stream).collect(Collectors.toSet());
		this.transaction.execute(() -> {
			this.claims.all().forEach((claim) -> this.rowClaims.giveBack(claim, sent.contains(claim.message().id())));
			return 0;
		});
		this.claims.end(leases.keySet());
	}

	@Override
	public void leave(String owner) {
		this.transaction.execute(() -> this.members.leave(owner));
	}

	@Override
	public Exchanged exchange(Exchange exchange) {
		return this.exchanges.exchange(exchange);
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
	public boolean isTransactionOver() {
		return this.tables.isTransactionOver();
	}

	@Override
	public boolean performLast(Runnable action) {
		return this.tables.performLast(action);
	}

	@Override
	public void rollBack() {
		this.tables.rollBack();
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
