package io.github.resiliencestarter.benchmarks.idempotency;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.ToDoubleFunction;

import io.github.resiliencestarter.benchmarks.Work;
import io.github.resiliencestarter.benchmarks.WriteLoad;
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
		return new IdempotencyFigures(median(measured, IdempotencyFigures::bareRate),
				median(measured, IdempotencyFigures::firstRate), median(measured, IdempotencyFigures::replayRate),
				median(measured, IdempotencyFigures::coldReplayRate),
				median(measured, IdempotencyFigures::firstStatements),
				median(measured, IdempotencyFigures::firstCommits),
				median(measured, IdempotencyFigures::replayStatements),
				median(measured, IdempotencyFigures::firstWalBytes),
				median(measured, IdempotencyFigures::bareWalBytes));
	}

	private static double median(List<IdempotencyFigures> rounds, ToDoubleFunction<IdempotencyFigures> figure) {
		return Work.median(rounds.stream().mapToDouble(figure).toArray());
	}

	private IdempotencyFigures round(int calls) {
		String keys = UUID.randomUUID() + "-";
		this.library.open(this.url, false);
		WriteLoad start = now();
		double bareRate = Work.rate(THREADS, calls, (number) -> this.library.placeUnprotected(request(number)));
		WriteLoad bare = now();
		double firstRate = placeAll(keys, calls);
		WriteLoad first = now();
		double replayRate = placeAll(keys, calls);
		reopen(false);
		double coldReplayRate = placeAll(keys, calls);
		reopen(true);
		Count firstCount = count(UUID.randomUUID() + "-");
		reopen(true);
		Count replayCount = count(keys);
		verify(calls * 2L + COUNTED_CALLS);
		this.library.close();
		return new IdempotencyFigures(bareRate, firstRate, replayRate, coldReplayRate, firstCount.statements,
				firstCount.commits, replayCount.statements, first.since(bare, calls).walBytes(),
				bare.since(start, calls).walBytes());
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

	private Count count(String keys) {
		int statements = CountingDataSource.statements();
		int commits = CountingDataSource.commits();
		for (int number = 0; number < COUNTED_CALLS; number++) {
			place(keys, number);
		}
		return new Count((CountingDataSource.statements() - statements) / (double) COUNTED_CALLS,
				(CountingDataSource.commits() - commits) / (double) COUNTED_CALLS);
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

	private WriteLoad now() {
		return WriteLoad.now(this.library.bean(JdbcTemplate.class));
	}

	private record Count(double statements, double commits) {

	}

}
