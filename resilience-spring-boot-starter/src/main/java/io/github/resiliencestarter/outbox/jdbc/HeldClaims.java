package io.github.resiliencestarter.outbox.jdbc;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.resiliencestarter.outbox.Exchange;
import io.github.resiliencestarter.outbox.ShardLease;

/**
 * What this instance has claimed, and the shards in which it claims, which to the relay
 * look like shards that it owns. Belongs to the relay's thread.
 */
final class HeldClaims {

	private final Map<Long, RowClaims.Claim> claims = new HashMap<>();

	private final Map<Integer, Long> epochs = new HashMap<>();

	private final Set<ShardLease> shards = new HashSet<>();

	/**
	 * Begin to claim in shards.
	 * @return those that are new
	 */
	List<ShardLease> begin(List<Integer> all) {
		Set<Integer> known = this.shards.stream().map(ShardLease::shard).collect(Collectors.toSet());
		List<ShardLease> begun = all.stream()
			.filter((shard) -> !known.contains(shard))
			.map((shard) -> new ShardLease(shard, this.epochs.merge(shard, 1L, Long::sum)))
			.toList();
		this.shards.addAll(begun);
		return begun;
	}

	/**
	 * End to claim in shards, when all claims have been given back.
	 */
	void end(Collection<ShardLease> leases) {
		this.claims.clear();
		this.shards.removeAll(leases);
	}

	Set<ShardLease> shards() {
		return Set.copyOf(this.shards);
	}

	void keep(RowClaims.Claim claim) {
		this.claims.put(claim.message().id(), claim);
	}

	/**
	 * This instance did not report for so long that another has the message. What else it
	 * has of the shard is forgotten, and comes back when its claims have ended.
	 */
	void lose(RowClaims.Claim claim) {
		int shard = claim.message().shard();
		this.claims.values().removeIf((each) -> each.message().shard() == shard);
		this.shards.removeIf((each) -> each.shard() == shard);
	}

	void forget(Collection<Long> ids) {
		ids.forEach(this.claims::remove);
	}

	Collection<RowClaims.Claim> all() {
		return this.claims.values();
	}

	List<RowClaims.Claim> of(Collection<Long> ids) {
		return ids.stream().filter(this.claims::containsKey).map(this.claims::get).toList();
	}

	/**
	 * Find what was claimed but does not stand in the relay's memory, because there was
	 * no room for it after all. Renewed for ever, it would never be delivered.
	 */
	List<RowClaims.Claim> untaken(Exchange exchange, Collection<Long> ended) {
		Set<Integer> asked = new HashSet<>();
		Set<Long> known = new HashSet<>(ended);
		exchange.turns().forEach((turn) -> {
			asked.add(turn.lease().shard());
			known.addAll(turn.inFlight());
		});
		return this.claims.values()
			.stream()
			.filter((claim) -> asked.contains(claim.message().shard()) && !known.contains(claim.message().id()))
			.toList();
	}

}
