package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One exchange with the store at a time: settles what deliveries have come to, fetches
 * what comes next, and knows when the next waiting message is due. Used by the relay's
 * thread.
 */
final class Exchanger {

	private final OutboxStore store;

	private final LeaseKeeper leases;

	private final Dispatcher dispatcher;

	private final int batchSize;

	private long nextDue = Long.MAX_VALUE;

	Exchanger(OutboxStore store, LeaseKeeper leases, Dispatcher dispatcher, int batchSize) {
		this.store = store;
		this.leases = leases;
		this.dispatcher = dispatcher;
		this.batchSize = batchSize;
	}

	long nextDue() {
		return this.nextDue;
	}

	void dueIn(long now, long millis) {
		this.nextDue = after(now, millis);
	}

	/**
	 * Settle and fetch what there is.
	 * @param now the time
	 * @return whether there was anything
	 */
	boolean exchange(long now) {
		boolean due = now >= this.nextDue && this.leases.maySend() && this.dispatcher.room() > 0;
		List<Ended> ended = this.dispatcher.unsettled();
		List<ShardTurn> turns = this.dispatcher.turns(ended, due, this.batchSize);
		if (turns.isEmpty()) {
			if (due) {
				this.nextDue = Long.MAX_VALUE;
			}
			return false;
		}
		Exchanged exchanged = this.store.exchange(toExchange(ended, turns, due));
		this.dispatcher.apply(turns, exchanged, this.batchSize);
		this.dispatcher.settled(ended);
		if (due) {
			dueIn(now, exchanged.nextDueMillis());
		}
		ended.forEach((end) -> schedule(end, now));
		return true;
	}

	/**
	 * Settle everything that has ended, before the shards are given back.
	 */
	void settleAll() {
		while (!this.dispatcher.unsettled().isEmpty()) {
			exchange(Long.MIN_VALUE);
		}
	}

	/**
	 * A message that had waited may have been what another waited for.
	 */
	private void schedule(Ended end, long now) {
		if (end.entry().message.later()) {
			this.nextDue = now;
		}
		if (end.outcome() instanceof Outcome.Later later) {
			this.nextDue = Math.min(this.nextDue, after(now, later.waitMillis()));
		}
	}

	private static long after(long now, long millis) {
		return (millis < TimeUnit.DAYS.toMillis(1000)) ? now + TimeUnit.MILLISECONDS.toNanos(millis) : Long.MAX_VALUE;
	}

	private Exchange toExchange(List<Ended> ended, List<ShardTurn> turns, boolean due) {
		List<Parked> parked = new ArrayList<>();
		List<Buried> buried = new ArrayList<>();
		for (Ended end : ended) {
			Entry entry = end.entry();
			if (end.outcome() instanceof Outcome.Later later) {
				parked.add(new Parked(entry.message, later.waitMillis(), later.sincePublication(), later.attempts(),
						later.ambiguous(), entry.holdsKey(later), later.error()));
			}
			else if (end.outcome() instanceof Outcome.Dead dead) {
				buried.add(new Buried(entry.message, entry.queue.handler.name(), dead.attempts(), dead.error()));
			}
		}
		return new Exchange(this.leases.owner(), turns, parked, buried, this.dispatcher.openTypes(),
				due ? Math.min(this.dispatcher.room(), this.batchSize) : 0,
				(due && !this.dispatcher.isSuspectKnown()) ? 1 : 0);
	}

}
