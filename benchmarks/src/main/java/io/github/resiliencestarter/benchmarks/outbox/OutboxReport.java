package io.github.resiliencestarter.benchmarks.outbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

import io.github.resiliencestarter.benchmarks.Aim;
import io.github.resiliencestarter.benchmarks.BarChart;
import io.github.resiliencestarter.benchmarks.BarChart.Kind;
import io.github.resiliencestarter.benchmarks.Machine;
import io.github.resiliencestarter.benchmarks.PerformancePage;
import io.github.resiliencestarter.benchmarks.outbox.OutboxBenchmarks.Contestant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes what the outbox benchmark measured.
 */
final class OutboxReport {

	private static final String COMMAND = "mvn -pl benchmarks -am integration-test -DskipTests -Pbenchmark-outbox";

	private final Map<Contestant, OutboxFigures> figures = new EnumMap<>(Contestant.class);

	private final String server;

	private OutboxReport(Path results) throws IOException {
		this.server = JsonMapper.shared().readValue(Files.readString(results.resolve("server.json")), String.class);
		for (Contestant contestant : Contestant.values()) {
			Path file = results.resolve(contestant.name() + ".json");
			if (Files.exists(file)) {
				this.figures.put(contestant,
						JsonMapper.shared().readValue(Files.readString(file), OutboxFigures.class));
			}
		}
	}

	static void write(Path results, Path root, String effort) throws IOException {
		OutboxReport report = new OutboxReport(results);
		PerformancePage page = new PerformancePage(root);
		page.image("outbox.svg", report.chart());
		page.write("outbox", report.markdown(effort));
	}

	private String markdown(String effort) {
		return """
				## Outbox

				![Outboxes compared](images/outbox.svg)

				    %s

				%s %s. Every library runs in a JVM of its own on a database of its own; the handler does nothing. The \
				peers have eight workers, their shortest poll interval and largest sensible batch; this starter has its \
				defaults. The hand-written loop selects 500 rows, handles them and deletes them in one transaction: no \
				retries, no order, no second instance. Drain rate: from the first to the last delivery of a backlog, by an \
				application that has started and is let go when the JIT compiler rests. The first drain is that of a JVM that has \
				delivered nothing before; all other figures are medians, and for the drain the least and the most, of rounds that \
				follow as many rounds and twice as many further drains to warm up. \
				Latency: 200 messages a second, published and delivered by the same instance, from the return of the \
				publisher's transaction (0 where the handler was there before).%s

				%s
				%s
				Enqueue: transactions a second of four threads that insert an order and publish a message of about 300 \
				bytes; in brackets the share of the rate without the message, with which they take turns, 2,000 at a time. Spring Modulith \
				delivers from the memory of the instance that published; the open source edition of JobRunr does not take \
				part in the caller's transaction."""
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
		OutboxFigures ours = this.figures.get(Contestant.STARTER);
		if (ours == null) {
			return "";
		}
		return Aim.HEAD + drain(ours).row()
				+ new Aim("drain rate at a large backlog")
					.atLeast(80, " % of the rate at 5,000",
							100 * Objects.requireNonNull(ours.largeBacklogRate())
									/ Objects.requireNonNull(ours.smallBacklogRate()))
					.row()
				+ new Aim("enqueue, 4 threads")
					.atLeast(85, " % of the bare transaction's rate", 100 * ours.enqueueRate() / ours.bareRate())
					.row()
				+ new Aim("commit to handler at 200 messages a second").atMost(2, " ms median", ours.medianMillis())
					.atMost(20, " ms at 99 %", ours.p99Millis())
					.row()
				+ new Aim("written for each message at drain").atMost(0.05, " transactions", ours.drainTransactions())
					.atMost(200, " bytes of WAL", ours.drainWalBytes())
					.row();
	}

	private Aim drain(OutboxFigures ours) {
		Aim aim = new Aim("drain rate, no-op handler");
		double fastest = this.figures.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().isPeer())
			.mapToDouble((entry) -> entry.getValue().drainRate())
			.max()
			.orElse(Double.NaN);
		aim.atLeast(8, " × the fastest peer", ours.drainRate() / fastest);
		OutboxFigures loop = this.figures.get(Contestant.HAND_WRITTEN_LOOP);
		return (loop != null)
				? aim.atLeast(60, " % of the hand-written loop", 100 * ours.drainRate() / loop.drainRate()) : aim;
	}

	private String table() {
		return "| | enqueue /s | WAL bytes | drain /s | first drain /s | WAL bytes | write transactions | latency median | 99 % | backlog 5,000 /s | large backlog /s |\n"
				+ "|---|" + "---:|".repeat(10) + "\n"
				+ this.figures.entrySet()
					.stream()
					.map((entry) -> row(entry.getKey(), entry.getValue()))
					.collect(Collectors.joining());
	}

	private static String row(Contestant contestant, OutboxFigures figures) {
		return String.format(Locale.ROOT,
				"| %s | %,.0f (%.0f %%) | %,.0f | %,.0f (%,.0f to %,.0f) | %,.0f | %,.0f | %.3f | %,.1f ms | %,.1f ms | %s | %s |\n",
				contestant.title(), figures.enqueueRate(), 100 * figures.enqueueRate() / figures.bareRate(),
				figures.enqueueWalBytes(), figures.drainRate(), figures.leastDrainRate(), figures.mostDrainRate(),
				figures.firstDrainRate(), figures.drainWalBytes(), figures.drainTransactions(), figures.medianMillis(),
				figures.p99Millis(), rate(figures.smallBacklogRate()), rate(figures.largeBacklogRate()));
	}

	private static String rate(@Nullable Double rate) {
		return (rate != null) ? String.format(Locale.ROOT, "%,.0f", rate) : "";
	}

	private String chart() {
		BarChart chart = new BarChart("Outboxes on one PostgreSQL server");
		panel(chart, "Drain: messages a second, more is better", OutboxFigures::drainRate, "%,.0f");
		panel(chart, "Enqueue with 4 threads: transactions a second, more is better", OutboxFigures::enqueueRate,
				"%,.0f");
		panel(chart, "Commit to handler, median: milliseconds, less is better", OutboxFigures::medianMillis,
				"%,.1f ms");
		panel(chart, "Write-ahead log for each message at drain: bytes, less is better", OutboxFigures::drainWalBytes,
				"%,.0f");
		return chart.svg();
	}

	private void panel(BarChart chart, String title, ToDoubleFunction<OutboxFigures> figure, String format) {
		BarChart.Panel panel = chart.panel(title);
		this.figures.forEach((contestant, figures) -> {
			double value = figure.applyAsDouble(figures);
			Kind kind = (contestant == Contestant.STARTER) ? Kind.OURS
					: (contestant == Contestant.HAND_WRITTEN_LOOP) ? Kind.FLOOR : Kind.PEER;
			panel.bar(kind, contestant.title(), value, String.format(Locale.ROOT, format, value));
		});
	}

}
