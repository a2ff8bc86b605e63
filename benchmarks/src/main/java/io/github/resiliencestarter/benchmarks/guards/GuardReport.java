package io.github.resiliencestarter.benchmarks.guards;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.resiliencestarter.benchmarks.Aim;
import io.github.resiliencestarter.benchmarks.BarChart;
import io.github.resiliencestarter.benchmarks.BarChart.Kind;
import io.github.resiliencestarter.benchmarks.Machine;
import io.github.resiliencestarter.benchmarks.PerformancePage;
import io.github.resiliencestarter.benchmarks.guards.GuardResults.Measurement;

/**
 * Writes what the guards' benchmarks measured.
 */
final class GuardReport {

	private static final String COMMAND = "mvn -pl benchmarks -am integration-test -DskipTests -Pbenchmark-guards";

	private static final Map<String, String> LIBRARIES = Map.of("Starter", "this starter", "Resilience4j",
			"Resilience4j 2.4.0", "FailsafePolicies", "Failsafe 3.3.2", "SmallRye", "SmallRye 6.11.2", "Sentinel",
			"Sentinel 1.8.9", "Bucket4j", "Bucket4j 8.18.0", "SpringRetry", "spring-retry 2.0.13", "SpringFramework",
			"Spring Framework 7");

	private static final List<String> ANNOTATED = List.of("Starter", "Resilience4j", "Sentinel", "SpringRetry",
			"SpringFramework");

	private static final List<String> PROGRAMMATIC = List.of("Starter", "Resilience4j", "FailsafePolicies", "SmallRye",
			"Sentinel", "Bucket4j");

	private final GuardResults results;

	private GuardReport(GuardResults results) {
		this.results = results;
	}

	static void write(Path results, Path root, boolean quick) throws IOException {
		GuardReport report = new GuardReport(new GuardResults(results));
		PerformancePage page = new PerformancePage(root);
		page.image("guards.svg", report.chart());
		page.write("guards", report.markdown(quick));
	}

	private String markdown(boolean quick) {
		return """
				## Call guards

				![Cost of a guarded call](images/guards.svg)

				    %s

				%s Median of all iterations of all forks%s, bytes from JMH's `gc` profiler: those of the iteration that \
				allocated least, and of the one that allocated most where that is another object or more. Aims about a \
				difference compare the least: Spring's proxy looks its interceptors up with a key of 24 bytes, for the empty \
				interceptor too, which C2 can remove in some JVMs and not in others (above). The guarded method returns its \
				argument, so that only the guards are seen; every library runs in a JVM of its own, \
				the annotated ones in a Spring Boot application with the library's own auto-configuration.

				%s
				Annotated method of a Spring bean, one thread:

				%s
				Programmatic, around a lambda, by the object that each library gives for it beforehand:

				%s
				Resilience4j's `TimeLimiter` and Sentinel have no time-out for a synchronous method. Resilience4j's stack is \
				retry, breaker, rate limiter, bulkhead and fallback (programmatic: without fallback), all others' breaker, rate, \
				time-out, retry and fallback."""
			.formatted(COMMAND + (quick ? " -Dbenchmark=quick" : ""), Machine.describe(),
					quick ? " of the quick setting" : "", aims(), annotated(), programmatic());
	}

	private String aims() {
		Measurement floor = this.results.get("annotated.Floor.empty");
		return Stream
			.of(single("`@CircuitBreaker`", "breaker").atLeast(10, " × Resilience4j's speed", times("breaker")),
					single("`@Throttled`", "rate").atLeast(10, " × Resilience4j's speed", times("rate")),
					single("`@Timeout`", "timeout"), stack(), breaker(), timeout(),
					new Aim("rejection by an open breaker with a fallback").atMost(0, " exceptions a call",
							this.results.exceptionsForEachCall("Starter")))
			.map(Aim::row)
			.collect(Collectors.joining("", Aim.HEAD,
					"\nThe empty interceptor took " + floor.time() + " and " + (long) floor.bytes() + " bytes.\n"));
	}

	private Aim single(String annotation, String guard) {
		Measurement floor = this.results.get("annotated.Floor.empty");
		Measurement ours = ours(guard);
		return new Aim(annotation + ", success").atMost(3, " × the empty interceptor", ours.nanos() / floor.nanos())
			.atMost(0, " bytes above it", ours.bytes() - floor.bytes());
	}

	private double times(String guard) {
		return this.results.get("annotated.Resilience4j." + guard).nanos() / ours(guard).nanos();
	}

	private Aim stack() {
		return new Aim("breaker + throttle + time-out + retry + fallback on one method, success")
			.atLeast(15, " × the speed of Resilience4j's stacked annotations", times("stack"))
			.atMost(250, " bytes", ours("stack").mostBytes());
	}

	private Aim breaker() {
		Measurement one = this.results.get("programmatic.Starter.breaker", 1);
		Measurement two = this.results.get("programmatic.Starter.breaker", 2);
		return new Aim("programmatic breaker")
			.lessThan("faster than every peer with 1 thread", " ns", fastestPeer(1), one.nanos())
			.lessThan("with 2 threads", " ns", fastestPeer(2), two.nanos())
			.atMost(2, " × its 1-thread time at 2 threads", two.nanos() / one.nanos());
	}

	private double fastestPeer(int threads) {
		return PROGRAMMATIC.stream()
			.filter((library) -> !library.equals("Starter"))
			.flatMap((library) -> Stream.of(library + ".breaker", library + ".lockFreeBreaker"))
			.flatMap((benchmark) -> this.results.find("programmatic." + benchmark, threads).stream())
			.mapToDouble(Measurement::nanos)
			.min()
			.orElseThrow();
	}

	private Aim timeout() {
		double smallRye = this.results.get("programmatic.SmallRye.timeout").nanos();
		return new Aim("time-out on a synchronous call, both programmatic")
			.atLeast(10, " × SmallRye's speed", smallRye / this.results.get("programmatic.Starter.timeout").nanos())
			.beside(" × with this starter's annotation, Spring's proxy included", smallRye / ours("timeout").nanos());
	}

	private Measurement ours(String guard) {
		return this.results.get("annotated.Starter." + guard);
	}

	private String annotated() {
		return head(ANNOTATED) + row("circuit breaker", ANNOTATED, "annotated", 1, "breaker")
				+ row("rate limit", ANNOTATED, "annotated", 1, "rate")
				+ row("concurrency limit", ANNOTATED, "annotated", 1, "concurrency")
				+ row("time-out", ANNOTATED, "annotated", 1, "timeout")
				+ row("fallback (Resilience4j: with its breaker)", ANNOTATED, "annotated", 1, "fallback")
				+ row("retry", ANNOTATED, "annotated", 1, "retry", "springRetry")
				+ row("retry by Spring Framework's annotation", ANNOTATED, "annotated", 1, "frameworkRetry")
				+ row("stack", ANNOTATED, "annotated", 1, "stack")
				+ row("open breaker, fallback answers", ANNOTATED, "annotated", 1, "openBreaker");
	}

	private String programmatic() {
		return head(PROGRAMMATIC) + row("circuit breaker, 1 thread", PROGRAMMATIC, "programmatic", 1, "breaker")
				+ row("circuit breaker, 2 threads", PROGRAMMATIC, "programmatic", 2, "breaker")
				+ row("lock-free circuit breaker, 1 thread", PROGRAMMATIC, "programmatic", 1, "lockFreeBreaker")
				+ row("lock-free circuit breaker, 2 threads", PROGRAMMATIC, "programmatic", 2, "lockFreeBreaker")
				+ row("rate limit", PROGRAMMATIC, "programmatic", 1, "rate")
				+ row("concurrency limit", PROGRAMMATIC, "programmatic", 1, "concurrency")
				+ row("time-out", PROGRAMMATIC, "programmatic", 1, "timeout")
				+ row("retry", PROGRAMMATIC, "programmatic", 1, "retry")
				+ row("stack", PROGRAMMATIC, "programmatic", 1, "stack");
	}

	private static String head(List<String> libraries) {
		return libraries.stream().map(LIBRARIES::get).collect(Collectors.joining(" | ", "| | ", " |\n")) + "|---|"
				+ "---:|".repeat(libraries.size()) + "\n";
	}

	private String row(String label, List<String> libraries, String kind, int threads, String... guards) {
		return libraries.stream()
			.map((library) -> find(kind + "." + library, threads, guards).map(Measurement::cell).orElse(""))
			.collect(Collectors.joining(" | ", "| " + label + " | ", " |\n"));
	}

	private Optional<Measurement> find(String library, int threads, String... guards) {
		return Stream.of(guards)
			.flatMap((guard) -> this.results.find(library + "." + guard, threads).stream())
			.findFirst();
	}

	private String chart() {
		BarChart chart = new BarChart("Cost of a guarded call that succeeds: nanoseconds, less is better");
		panel(chart, "One annotation: circuit breaker", ANNOTATED, "annotated", 1, "breaker");
		panel(chart, "One annotation: rate limit", ANNOTATED, "annotated", 1, "rate");
		panel(chart, "All annotations on one method", ANNOTATED, "annotated", 1, "stack");
		panel(chart, "Programmatic time-out on a synchronous call", PROGRAMMATIC, "programmatic", 1, "timeout");
		panel(chart, "Programmatic circuit breaker, 2 threads", PROGRAMMATIC, "programmatic", 2, "breaker");
		return chart.svg();
	}

	private void panel(BarChart chart, String title, List<String> libraries, String kind, int threads, String guard) {
		BarChart.Panel panel = chart.panel(title);
		if (kind.equals("annotated")) {
			Measurement floor = this.results.get("annotated.Floor.empty");
			panel.bar(Kind.FLOOR, "empty interceptor", floor.nanos(), floor.time());
		}
		libraries.forEach((library) -> find(kind + "." + library, threads, guard)
			.ifPresent((measurement) -> bar(panel, library, measurement)));
	}

	private static void bar(BarChart.Panel panel, String library, Measurement measurement) {
		panel.bar(library.equals("Starter") ? Kind.OURS : Kind.PEER, LIBRARIES.getOrDefault(library, library),
				measurement.nanos(), measurement.time());
	}

}
