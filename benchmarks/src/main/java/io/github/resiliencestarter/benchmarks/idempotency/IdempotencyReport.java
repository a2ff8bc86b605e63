package io.github.resiliencestarter.benchmarks.idempotency;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

import io.github.resiliencestarter.benchmarks.Aim;
import io.github.resiliencestarter.benchmarks.BarChart;
import io.github.resiliencestarter.benchmarks.BarChart.Kind;
import io.github.resiliencestarter.benchmarks.Machine;
import io.github.resiliencestarter.benchmarks.PerformancePage;
import io.github.resiliencestarter.benchmarks.idempotency.IdempotencyBenchmarks.Contestant;
import io.github.resiliencestarter.benchmarks.idempotency.IdempotencyFigures.Cost;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes what the idempotency benchmark measured.
 */
final class IdempotencyReport {

	private static final String COMMAND = "mvn -pl benchmarks -am integration-test -DskipTests -Pbenchmark-idempotency";

	private final Map<Contestant, IdempotencyFigures> figures = new EnumMap<>(Contestant.class);

	private final String server;

	private IdempotencyReport(Path results) throws IOException {
		this.server = JsonMapper.shared().readValue(Files.readString(results.resolve("server.json")), String.class);
		for (Contestant contestant : Contestant.values()) {
			Path file = results.resolve(contestant.name() + ".json");
			if (Files.exists(file)) {
				this.figures.put(contestant,
						JsonMapper.shared().readValue(Files.readString(file), IdempotencyFigures.class));
			}
		}
	}

	static void write(Path results, Path root, String effort) throws IOException {
		IdempotencyReport report = new IdempotencyReport(results);
		PerformancePage page = new PerformancePage(root);
		page.image("idempotency.svg", report.chart());
		page.write("idempotency", report.markdown(effort));
	}

	private String markdown(String effort) {
		return """
				## Idempotency

				![Idempotent calls compared](images/idempotency.svg)

				    %s

				%s %s. Four threads; the call inserts one order. Every library runs in a JVM of its own on a database of \
				its own, and first calls take turns with calls without idempotency, 2,000 at a time. A replay is asked of the instance that \
				ran the first call, of one that has just started and meets replays only, and of one where one call in ten, in no \
				regular order, is a replay of another instance's call and the others are first calls (the mix). Statements of a burst \
				are those of a hundred replays that come right after a hundred first calls.%s

				%s
				%s
				DBOS keeps the reply with the workflow and runs the insert as a transactional step of it. Spring Integration's \
				idempotent receiver and Eventuate Tram's duplicate detection only tell that a call is a duplicate: its caller \
				gets no reply."""
			.formatted(effort.equals("full") ? COMMAND : COMMAND + " -Dbenchmark=" + effort, Machine.describe(),
					this.server, failures(), aims(), table());
	}

	private String failures() {
		List<String> failed = Arrays.stream(Contestant.values())
			.filter((contestant) -> !this.figures.containsKey(contestant))
			.map(Contestant::title)
			.toList();
		return failed.isEmpty() ? "" : " No figures from: " + String.join(", ", failed) + ".";
	}

	private String aims() {
		IdempotencyFigures ours = this.figures.get(Contestant.STARTER);
		return (ours == null) ? "" : Aim.HEAD
				+ new Aim("first call").atMost(2, " extra statements", ours.first().statements() - 1)
					.atLeast(60, " % of the bare transaction's rate", share(ours))
					.row()
				+ new Aim("first call in the mix").atMost(2, " extra statements", ours.mixedFirst().statements() - 1)
					.row()
				+ replay("replay by the same instance", ours.replay())
				+ replay("replay by another instance, in a burst", ours.burst())
				+ replay("replay by another instance, in the mix", ours.mixedReplay());
	}

	private static String replay(String call, Cost cost) {
		return new Aim(call).atMost(1, " statement(s)", cost.statements())
			.atMost(0, " transaction(s)", cost.transactions())
			.row();
	}

	private static double share(IdempotencyFigures figures) {
		return 100 * figures.firstRate() / figures.bareRate();
	}

	private String table() {
		return "| | keeps the reply | first call /s | of the bare rate | statements | commits | extra WAL bytes"
				+ " | replay /s, same instance | statements | replay /s, new instance | statements in a burst"
				+ " | mix /s | statements of its first calls | of its replays |\n" + "|---|---|" + "---:|".repeat(12)
				+ "\n"
				+ this.figures.entrySet()
					.stream()
					.map((entry) -> row(entry.getKey(), entry.getValue()))
					.collect(Collectors.joining());
	}

	private static String row(Contestant contestant, IdempotencyFigures figures) {
		return String.format(Locale.ROOT,
				"| %s | %s | %,.0f | %.0f %% | %.1f | %.1f | %,.0f | %,.0f | %.1f | %,.0f | %.2f | %,.0f | %.2f | %.2f |\n",
				contestant.title(), contestant.keepsReply(), figures.firstRate(), share(figures),
				figures.first().statements(), figures.first().commits(),
				figures.firstWalBytes() - figures.bareWalBytes(), figures.replayRate(), figures.replay().statements(),
				figures.coldReplayRate(), figures.burst().statements(), figures.mixedRate(),
				figures.mixedFirst().statements(), figures.mixedReplay().statements());
	}

	private String chart() {
		BarChart chart = new BarChart("Idempotent calls on one PostgreSQL server, 4 threads");
		panel(chart, "First call: share of the rate without idempotency, more is better", IdempotencyReport::share,
				"%.0f %%");
		panel(chart, "Replay by another instance: calls a second, more is better", IdempotencyFigures::coldReplayRate,
				"%,.0f");
		panel(chart, "One call in ten a replay of another instance's: calls a second, more is better",
				IdempotencyFigures::mixedRate, "%,.0f");
		panel(chart, "Replay by the same instance: calls a second, more is better", IdempotencyFigures::replayRate,
				"%,.0f");
		return chart.svg();
	}

	private void panel(BarChart chart, String title, ToDoubleFunction<IdempotencyFigures> figure, String format) {
		BarChart.Panel panel = chart.panel(title);
		this.figures.forEach((contestant, figures) -> {
			double value = figure.applyAsDouble(figures);
			panel.bar((contestant == Contestant.STARTER) ? Kind.OURS : Kind.PEER, contestant.title(), value,
					String.format(Locale.ROOT, format, value));
		});
	}

}
