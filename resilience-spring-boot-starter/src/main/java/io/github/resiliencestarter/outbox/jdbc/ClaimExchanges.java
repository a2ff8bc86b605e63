package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.Buried;
import io.github.resiliencestarter.outbox.Exchange;
import io.github.resiliencestarter.outbox.Exchanged;
import io.github.resiliencestarter.outbox.Parked;
import io.github.resiliencestarter.outbox.ShardTurn;
import io.github.resiliencestarter.outbox.StoredMessage;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The relay's transaction where single messages are claimed. Only what is still claimed
 * is settled: whoever lost a claim changes nothing about its message.
 */
final class ClaimExchanges {

	private final JdbcTemplate jdbc;

	private final ResilienceDatabase database;

	private final RelayTransaction transaction;

	private final Settlement settlement;

	private final RowClaims rowClaims;

	private final HeldClaims claims;

	private final Duration lease;

	ClaimExchanges(JdbcTemplate jdbc, ResilienceDatabase database, RelayTransaction transaction, RowClaims rowClaims,
			HeldClaims claims, Duration lease) {
		this.jdbc = jdbc;
		this.database = database;
		this.transaction = transaction;
		this.settlement = new Settlement(jdbc, database);
		this.rowClaims = rowClaims;
		this.claims = claims;
		this.lease = lease;
	}

	/**
	 * What is claimed and settled is remembered once the transaction has committed.
	 */
	Exchanged exchange(Exchange exchange) {
		List<Long> ended = ended(exchange).map(StoredMessage::id).toList();
		List<RowClaims.Claim> untaken = this.claims.untaken(exchange, ended);
		List<RowClaims.Claim> claimed = new ArrayList<>();
		Exchanged exchanged = this.transaction.execute(() -> {
			claimed.clear();
			Set<Long> ours = this.rowClaims.held(this.claims.of(ended));
			this.settlement.settle(exchange, (message) -> ours.contains(message.id()));
			untaken.forEach((claim) -> this.rowClaims.giveBack(claim, false));
			return claim(exchange, Set.copyOf(ended), claimed);
		});
		this.claims.forget(ended);
		this.claims.forget(untaken.stream().map((claim) -> claim.message().id()).toList());
		claimed.forEach(this.claims::keep);
		return exchanged;
	}

	private static Stream<StoredMessage> ended(Exchange exchange) {
		return Stream
			.of(exchange.turns().stream().flatMap((turn) -> turn.delivered().stream()),
					exchange.parked().stream().map(Parked::message), exchange.buried().stream().map(Buried::message))
			.flatMap((part) -> part);
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

}
