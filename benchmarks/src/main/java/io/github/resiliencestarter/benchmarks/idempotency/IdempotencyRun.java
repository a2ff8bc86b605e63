package io.github.resiliencestarter.benchmarks.idempotency;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

import io.github.resiliencestarter.benchmarks.Phase;
import io.github.resiliencestarter.benchmarks.Work;
import io.github.resiliencestarter.benchmarks.idempotency.CountingDataSource.Count;
import io.github.resiliencestarter.benchmarks.idempotency.IdempotencyFigures.Cost;
import io.github.resiliencestarter.benchmarks.idempotency.Orders.Request;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Measures one library in a JVM of its own: {@code <library> <database> <calls> <rounds>
 * <result file>}.
 */
public final class IdempotencyRun {

	private static final int THREADS = 4;

	private static final int COUNTED_CALLS = 100;

	private static final int COUNTED_MIXED_CALLS = 2000;

	private final IdempotencyLibrary library;

	private final String url;

	private IdempotencyRun(IdempotencyLibrary library, String url) {
		this.library = library;
		this.url = url;
	}

	public static void main(String[] args) {
		int exitCode = 1;
		try {
			run(args);
			exitCode = 0;
		}
		catch (Exception ex) {
			ex.printStackTrace();
		}
		// some libraries leave threads behind
		System.exit(exitCode);
	}

	private static void run(String[] args) throws IOException {
		IdempotencyLibrary library = IdempotencyBenchmarks.Contestant.valueOf(args[0]).library();
		IdempotencyFigures figures = new IdempotencyRun(library, args[1]).measure(Integer.parseInt(args[2]),
				Integer.parseInt(args[3]));
		Files.writeString(Path.of(args[4]), JsonMapper.shared().writeValueAsString(figures));
	}

	private IdempotencyFigures measure(int calls, int rounds) {
		round(calls / 4);
		List<IdempotencyFigures> measured = new ArrayList<>();
		for (int round = 0; round < rounds; round++) {
			measured.add(round(calls));
		}
		IdempotencyFigures last = measured.get(rounds - 1);
		return new IdempotencyFigures(median(measured, IdempotencyFigures::bareRate),
				median(measured, IdempotencyFigures::firstRate), median(measured, IdempotencyFigures::replayRate),
				median(measured, IdempotencyFigures::coldReplayRate), median(measured, IdempotencyFigures::mixedRate),
				last.first(), last.replay(), last.burst(), last.mixedFirst(), last.mixedReplay(),
				median(measured, IdempotencyFigures::firstWalBytes),
				median(measured, IdempotencyFigures::bareWalBytes));
	}

	private static double median(List<IdempotencyFigures> rounds, ToDoubleFunction<IdempotencyFigures> figure) {
		return Work.median(rounds.stream().mapToDouble(figure).toArray());
	}

	private IdempotencyFigures round(int calls) {
		String keys = UUID.randomUUID() + "-";
		this.library.open(this.url, false);
		JdbcTemplate jdbc = this.library.bean(JdbcTemplate.class);
		Phase bare = new Phase(jdbc, (number) -> this.library.placeUnprotected(request(number)));
		Phase first = new Phase(jdbc, (number) -> place(keys, number));
		Phase.byTurns(THREADS, calls, bare, first);
		double replayRate = placeAll(keys, calls);
		reopen(false);
		double coldReplayRate = placeAll(keys, calls);
		reopen(false);
		String mixedKeys = UUID.randomUUID() + "-";
		double mixedRate = Work.rate(THREADS, calls, (number) -> place(isDuplicate(number) ? keys : mixedKeys, number));
		reopen(true);
		String countedKeys = UUID.randomUUID() + "-";
		Cost firstCost = cost(countedKeys);
		Cost replayCost = cost(countedKeys);
		Cost burstCost = cost(keys);
		reopen(true);
		int countedMixed = Math.min(calls, COUNTED_MIXED_CALLS);
		MixedCost mixedCost = mixedCost(keys, UUID.randomUUID() + "-", countedMixed);
		verify(2L * calls + firstCalls(calls) + COUNTED_CALLS + firstCalls(countedMixed));
		this.library.close();
		return new IdempotencyFigures(bare.rate(), first.rate(), replayRate, coldReplayRate, mixedRate, firstCost,
				replayCost, burstCost, mixedCost.first(), mixedCost.replay(), first.load().walBytes(),
				bare.load().walBytes());
	}

	/**
	 * One in ten, in places that cannot be foreseen and are the same in every run.
	 */
	private static boolean isDuplicate(int number) {
		return new SplittableRandom(number).nextInt(10) == 0;
	}

	private static int firstCalls(int mixedCalls) {
		return (int) IntStream.range(0, mixedCalls).filter((number) -> !isDuplicate(number)).count();
	}

	private void reopen(boolean counts) {
		this.library.close();
		this.library.open(this.url, counts);
	}

	private double placeAll(String keys, int calls) {
		return Work.rate(THREADS, calls, (number) -> place(keys, number));
	}

	private void place(String keys, int number) {
		try {
			this.library.place(keys + number, request(number));
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Request request(int number) {
		return new Request("book-42", number);
	}

	private Cost cost(String keys) {
		Count before = CountingDataSource.count();
		for (int number = 0; number < COUNTED_CALLS; number++) {
			place(keys, number);
		}
		return CountingDataSource.count().since(before).each(COUNTED_CALLS);
	}

	private MixedCost mixedCost(String knownKeys, String newKeys, int calls) {
		Count first = Count.NONE;
		Count replay = Count.NONE;
		for (int number = 0; number < calls; number++) {
			Count before = CountingDataSource.count();
			if (isDuplicate(number)) {
				place(knownKeys, number);
				replay = replay.plus(CountingDataSource.count().since(before));
			}
			else {
				place(newKeys, number);
				first = first.plus(CountingDataSource.count().since(before));
			}
		}
		int firstCalls = firstCalls(calls);
		return new MixedCost(first.each(firstCalls), replay.each(calls - firstCalls));
	}

	/**
	 * A library that ran a duplicate again would look fast.
	 */
	private void verify(long expected) {
		JdbcTemplate jdbc = this.library.bean(JdbcTemplate.class);
		Long orders = jdbc.queryForObject("SELECT count(*) FROM orders", Long.class);
		if (orders == null || orders != expected) {
			throw new IllegalStateException(orders + " orders instead of " + expected);
		}
		jdbc.execute("TRUNCATE orders");
	}

	private record MixedCost(Cost first, Cost replay) {

	}

}
