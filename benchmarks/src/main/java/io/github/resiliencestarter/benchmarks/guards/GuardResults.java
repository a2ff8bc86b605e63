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
	 * @param bytes allocated for each call, in the iteration that allocated least
	 * @param mostBytes in the iteration that allocated most: it is the just-in-time
	 * compiler that decides, anew in each fork, which objects it can do without
	 */
	record Measurement(double nanos, double bytes, double mostBytes) {

		private static final int SMALLEST_OBJECT = 16;

		static Measurement of(JsonNode result) {
			double[] nanos = iterations(result.path("primaryMetric"));
			double[] bytes = iterations(result.path("secondaryMetrics").path("gc.alloc.rate.norm"));
			return new Measurement(median(nanos), Math.rint(bytes[0]), Math.rint(bytes[bytes.length - 1]));
		}

		private static double[] iterations(JsonNode metric) {
			return StreamSupport.stream(metric.path("rawData").spliterator(), false)
				.flatMapToDouble(
						(fork) -> StreamSupport.stream(fork.spliterator(), false).mapToDouble(JsonNode::asDouble))
				.sorted()
				.toArray();
		}

		private static double median(double[] sorted) {
			int middle = sorted.length / 2;
			return DoubleStream.of(sorted[middle], sorted[(sorted.length - 1) / 2]).average().orElseThrow();
		}

		String cell() {
			boolean differs = mostBytes() - bytes() >= SMALLEST_OBJECT;
			return time() + " / "
					+ String.format(Locale.ROOT, differs ? "%,.0f to %,.0f B" : "%,.0f B", bytes(), mostBytes());
		}

		String time() {
			return String.format(Locale.ROOT, (nanos() < 100) ? "%.1f ns" : "%,.0f ns", nanos());
		}

	}

}
