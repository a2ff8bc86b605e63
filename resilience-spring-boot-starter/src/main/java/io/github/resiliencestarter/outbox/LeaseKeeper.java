package io.github.resiliencestarter.outbox;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.resiliencestarter.guard.MonotonicClock;

/**
 * Owns this instance's share of the shards, and knows until when it may act as their
 * owner: a lease is trusted for less time than the store grants it, counted from before
 * it was asked for, so an instance that cannot renew stops by itself before another may
 * begin. Only the relay's thread calls it, except {@link #maySend()}.
 */
final class LeaseKeeper {

	private final OutboxStore store;

	private final MonotonicClock clock;

	private final String owner;

	private final Duration lease;

	private volatile long trustedUntil;

	private volatile boolean sending = true;

	LeaseKeeper(OutboxStore store, MonotonicClock clock, String owner, Duration lease) {
		this.store = store;
		this.clock = clock;
		this.owner = owner;
		this.lease = lease;
	}

	String owner() {
		return this.owner;
	}

	boolean maySend() {
		return this.sending && this.clock.nanoTime() < this.trustedUntil;
	}

	void startSending() {
		this.sending = true;
	}

	void stopSending() {
		this.sending = false;
	}

	/**
	 * Renew, take what is free, give back what is too much.
	 * @param dispatcher what is delivered from the shards
	 * @return what was learned
	 */
	Attendance beat(Dispatcher dispatcher) {
		long asked = this.clock.nanoTime();
		Attendance attendance = this.store.attend(this.owner, this.lease);
		dispatcher.keep(attendance.held());
		this.trustedUntil = asked + this.lease.toNanos() / 2;
		Map<ShardLease, List<Long>> drained = dispatcher.drained(false);
		if (!drained.isEmpty()) {
			giveBack(drained, dispatcher);
		}
		int missing = attendance.fairShare() - dispatcher.owned();
		if (missing > 0 && attendance.unowned() > 0) {
			dispatcher.own(this.store.acquire(this.owner, missing, this.lease));
		}
		dispatcher.drain(Math.max(0, -missing));
		dispatcher.resume();
		dispatcher.poll(attendance.occupied());
		return attendance;
	}

	private void giveBack(Map<ShardLease, List<Long>> leases, Dispatcher dispatcher) {
		this.store.release(this.owner, leases);
		leases.keySet().forEach((lease) -> dispatcher.lose(lease.shard()));
	}

	void leave(Dispatcher dispatcher) {
		giveBack(dispatcher.drained(true), dispatcher);
		this.store.leave(this.owner);
	}

}
