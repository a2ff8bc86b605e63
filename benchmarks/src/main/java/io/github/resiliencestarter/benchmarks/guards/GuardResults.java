package io.github.resiliencestarter.benchmarks.guards;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.StreamSupport;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What JMH wrote, by {@code annotated.Starter.breaker} and number of threads.
 */
final class GuardResults {

	private final Map<String, Measurement> measurements = new LinkedHashMap<>();

	private final JsonNode exceptions;

	GuardResults(Path directory) {
		read(directory.resolve("one-thread.json"));
		read(directory.resolve("two-threads.json"));
		this.exceptions = JsonMapper.shared().readTree(directory.resolve("exceptions.json"));
	}

	private void read(Path file) {
		if (Files.exists(file)) {
			JsonMapper.shared().readTree(file).forEach((result) -> {
				String name = result.path("benchmark").asString().replaceFirst(".*\\.guards\\.", "");
				this.measurements.put(key(name, result.path("threads").asInt()), Measurement.of(result));
			});
		}
	}

	Optional<Measurement> find(String benchmark) {
		return find(benchmark, 1);
	}

	Optional<Measurement> find(String benchmark, int threads) {
		return Optional.ofNullable(this.measurements.get(key(benchmark, threads)));
	}

	Measurement get(String benchmark) {
		return get(benchmark, 1);
	}

	Measurement get(String benchmark, int threads) {
		return find(benchmark, threads)
			.orElseThrow(() -> new IllegalStateException(benchmark + " with " + threads + " threads was not measured"));
	}

	double exceptionsForEachCall(String library) {
		return this.exceptions.path(library).asDouble();
	}

	private static String key(String benchmark, int threads) {
		return benchmark + "/" + threads;
	}

	/**
	 * One benchmark's result.
	 *
	 * @param nanos median of all iterations of all forks: on a shared machine the mean
	 * tells more about the neighbours
	 * @param bytes allocated for each call
	 */
	record Measurement(double nanos, double bytes) {

		static Measurement of(JsonNode result) {
			double[] iterations = StreamSupport
				.stream(result.path("primaryMetric").path("rawData").spliterator(), false)
				.flatMapToDouble(
						(fork) -> StreamSupport.stream(fork.spliterator(), false).mapToDouble(JsonNode::asDouble))
				.sorted()
				.toArray();
			double bytes = result.path("secondaryMetrics").path("gc.alloc.rate.norm").path("score").asDouble();
			return new Measurement(median(iterations), Math.rint(bytes));
		}

		private static double median(double[] sorted) {
			int middle = sorted.length / 2;
			return DoubleStream.of(sorted[middle], sorted[(sorted.length - 1) / 2]).average().orElseThrow();
		}

		String cell() {
			return "%s / %,.0f B".formatted(time(), bytes());
		}

		String time() {
			return String.format(Locale.ROOT, (nanos() < 100) ? "%.1f ns" : "%,.0f ns", nanos());
		}

	}

}
