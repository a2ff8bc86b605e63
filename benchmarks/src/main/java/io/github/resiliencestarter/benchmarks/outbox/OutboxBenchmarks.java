package io.github.resiliencestarter.benchmarks.outbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

import io.github.resiliencestarter.benchmarks.ChildProcess;
import io.github.resiliencestarter.benchmarks.Postgres;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures this project's outbox and its peers on one PostgreSQL server and writes the
 * page. Arguments: {@code full}, {@code quick} or {@code smoke}, the project's root, and
 * a contestant where not all are wanted.
 */
public final class OutboxBenchmarks {

	private static final Duration PATIENCE = Duration.ofMinutes(20);

	private OutboxBenchmarks() {
	}

	public static void main(String[] args) throws IOException, InterruptedException {
		Effort effort = Effort.valueOf(args[0].toUpperCase(Locale.ROOT));
		Path root = Path.of(args[1]);
		Path results = Files.createDirectories(root.resolve("benchmarks/target/outbox"));
		try (Postgres postgres = new Postgres()) {
			Files.writeString(results.resolve("server.json"),
					JsonMapper.shared().writeValueAsString(postgres.describe()));
			for (Contestant contestant : Contestant.values()) {
				if (args.length < 3 || args[2].equals(contestant.name())) {
					measure(contestant, postgres, effort, results);
				}
			}
		}
		if (args.length < 3) {
			OutboxReport.write(results, root, args[0]);
		}
	}

	private static void measure(Contestant contestant, Postgres postgres, Effort effort, Path results)
			throws IOException, InterruptedException {
		Path result = results.resolve(contestant.name() + ".json");
		Files.deleteIfExists(result);
		String database = postgres.createDatabase(contestant.name().toLowerCase(Locale.ROOT));
		int largeBacklog = contestant.takesLargeBacklog ? effort.largeBacklog : 0;
		boolean well = ChildProcess.run(OutboxRun.class, PATIENCE, contestant.name(), database,
				Integer.toString(effort.messages), Integer.toString(effort.rounds), Integer.toString(largeBacklog),
				result.toString());
		System.out.println(contestant + ": " + (well ? Files.readString(result) : "failed"));
	}

	private enum Effort {

		FULL(20_000, 5, 500_000), QUICK(5_000, 1, 50_000), SMOKE(400, 1, 2_000);

		private final int messages;

		private final int rounds;

		private final int largeBacklog;

		Effort(int messages, int rounds, int largeBacklog) {
			this.messages = messages;
			this.rounds = rounds;
			this.largeBacklog = largeBacklog;
		}

	}

	/**
	 * Who takes part.
	 */
	enum Contestant {

		STARTER("this starter", Starter::new, true),

		HAND_WRITTEN_LOOP("hand-written loop", HandWrittenLoop::new, true),

		NAMASTACK("namastack 1.6.0", Namastack::new, false),

		TRANSACTION_OUTBOX("transaction-outbox 4.2.268", TransactionOutboxes::new, false),

		DB_SCHEDULER("db-scheduler 16.12.0", DbScheduler::new, false),

		MODULITH("Spring Modulith 2.1.0", Modulith::new, false),

		JOBRUNR("JobRunr 8.7.0", JobRunrJobs::new, false);

		private final String title;

		private final Supplier<OutboxLibrary> library;

		private final boolean takesLargeBacklog;

		Contestant(String title, Supplier<OutboxLibrary> library, boolean takesLargeBacklog) {
			this.title = title;
			this.library = library;
			this.takesLargeBacklog = takesLargeBacklog;
		}

		boolean isPeer() {
			return this != STARTER && this != HAND_WRITTEN_LOOP;
		}

		String title() {
			return this.title;
		}

		OutboxLibrary library() {
			return this.library.get();
		}

	}

}
