package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.github.resiliencestarter.outbox.Exchange;
import io.github.resiliencestarter.outbox.Exchanged;
import io.github.resiliencestarter.outbox.ShardTurn;
import io.github.resiliencestarter.outbox.StoredMessage;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Carries out a large exchange as two at the same time, because a session of PostgreSQL
 * is one process, and has one processor for all that it deletes and reads.
 * <p>
 * Invariants: each shard is in one half only, and the exchange ends, in whatever way,
 * when both halves have ended; so no shard is ever in two exchanges at a time. A half is
 * a transaction of its own, to the other as that of another instance. If one of them
 * fails, the exchange has failed, and what the other has committed is a commit whose
 * answer was lost: repeated, it deletes nothing and fetches the same again.
 * <p>
 * A half that waits for its connection keeps none from the other. In a pool that has only
 * one left they follow each other. The first exchange is a large one, so that a backlog
 * meets two connections that know the statements. Used by the relay's thread.
 */
final class ExchangeHalves implements AutoCloseable {

	/** So many deliveries end between two exchanges only where there is a backlog. */
	static final int MUCH = 250;

	private static final Duration KEEP_THREAD = Duration.ofMinutes(5);

	private final Function<Exchange, Exchanged> whole;

	private final int much;

	private final ExecutorService executor;

	/** Whether the second connection has been used. */
	private boolean prepared;

	ExchangeHalves(Function<Exchange, Exchanged> whole, int much) {
		this.whole = whole;
		this.much = much;
		CustomizableThreadFactory threads = new CustomizableThreadFactory("outbox-exchange-");
		threads.setDaemon(true);
		this.executor = new ThreadPoolExecutor(0, Integer.MAX_VALUE, KEEP_THREAD.toMillis(), TimeUnit.MILLISECONDS,
				new SynchronousQueue<>(), threads);
	}

	Exchanged exchange(Exchange exchange) {
		if (exchange.turns().size() < 2 || (this.prepared && delivered(exchange) < this.much)) {
			return this.whole.apply(exchange);
		}
		this.prepared = true;
		List<Exchange> halves = halves(exchange);
		CompletableFuture<Exchanged> second = CompletableFuture.supplyAsync(() -> this.whole.apply(halves.get(1)),
				this.executor);
		Exchanged first;
		try {
			first = this.whole.apply(halves.get(0));
		}
		finally {
			second.exceptionally((failure) -> null).join();
		}
		return union(first, second);
	}

	/**
	 * No large exchange can be carried out any more. Waits for none.
	 */
	@Override
	public void close() {
		this.executor.shutdown();
	}

	private static int delivered(Exchange exchange) {
		return exchange.turns().stream().mapToInt((turn) -> turn.delivered().size()).sum();
	}

	/**
	 * Shards to fetch from cost more than those that are only settled, so each half gets
	 * half of both.
	 */
	private static List<Exchange> halves(Exchange exchange) {
		List<List<ShardTurn>> turns = List.of(new ArrayList<>(), new ArrayList<>());
		int next = 0;
		for (ShardTurn turn : exchange.turns().stream().sorted(Comparator.comparingInt(ShardTurn::limit)).toList()) {
			turns.get(next++ % 2).add(turn);
		}
		return turns.stream()
			.map((half) -> new Exchange(exchange.owner(), half, List.of(), List.of(), exchange.types(), 0, 0))
			.toList();
	}

	private static Exchanged union(Exchanged first, CompletableFuture<Exchanged> second) {
		try {
			Exchanged other = second.join();
			Set<Integer> lost = new HashSet<>(first.lost());
			lost.addAll(other.lost());
			List<StoredMessage> fetched = new ArrayList<>(first.fetched());
			fetched.addAll(other.fetched());
			return new Exchanged(lost, fetched, List.of(), Long.MAX_VALUE);
		}
		catch (CompletionException ex) {
			throw (ex.getCause() instanceof RuntimeException failure) ? failure : ex;
		}
	}

}
