package io.github.resiliencestarter.benchmarks.idempotency;

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
 * Measures this project's idempotency and its peers on one PostgreSQL server and writes
 * the page. Arguments: {@code full}, {@code quick} or {@code smoke}, the project's root,
 * and a contestant where not all are wanted.
 */
public final class IdempotencyBenchmarks {

	private static final Duration PATIENCE = Duration.ofMinutes(10);

	private IdempotencyBenchmarks() {
	}

	public static void main(String[] args) throws IOException, InterruptedException {
		Effort effort = Effort.valueOf(args[0].toUpperCase(Locale.ROOT));
		Path root = Path.of(args[1]);
		Path results = Files.createDirectories(root.resolve("benchmarks/target/idempotency"));
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
			IdempotencyReport.write(results, root, args[0]);
		}
	}

	private static void measure(Contestant contestant, Postgres postgres, Effort effort, Path results)
			throws IOException, InterruptedException {
		Path result = results.resolve(contestant.name() + ".json");
		Files.deleteIfExists(result);
		String database = postgres.createDatabase(contestant.name().toLowerCase(Locale.ROOT));
		boolean well = ChildProcess.run(IdempotencyRun.class, PATIENCE, contestant.name(), database,
				Integer.toString(effort.calls), Integer.toString(effort.rounds), result.toString());
		System.out.println(contestant + ": " + (well ? Files.readString(result) : "failed"));
	}

	private enum Effort {

		FULL(20_000, 3), QUICK(5_000, 1), SMOKE(400, 1);

		private final int calls;

		private final int rounds;

		Effort(int calls, int rounds) {
			this.calls = calls;
			this.rounds = rounds;
		}

	}

	/**
	 * Who takes part.
	 */
	enum Contestant {

		STARTER("this starter", "yes", Starter::new),

		DBOS("DBOS Transact 1.1.0-m6", "yes", Dbos::new),

		SPRING_INTEGRATION("Spring Integration 7.1.0-M2", "no", SpringIntegration::new),

		EVENTUATE_TRAM("Eventuate Tram 0.36.0", "no", EventuateTram::new);

		private final String title;

		private final String keepsReply;

		private final Supplier<IdempotencyLibrary> library;

		Contestant(String title, String keepsReply, Supplier<IdempotencyLibrary> library) {
			this.title = title;
			this.keepsReply = keepsReply;
			this.library = library;
		}

		String title() {
			return this.title;
		}

		String keepsReply() {
			return this.keepsReply;
		}

		IdempotencyLibrary library() {
			return this.library.get();
		}

	}

}
