package io.github.resiliencestarter.benchmarks.guards;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Measures the call guards of all libraries in one run and writes the page. Arguments:
 * {@code full} (about twenty minutes) or {@code quick} (about six, and noisier), the
 * project's root, and a regular expression where not every benchmark is wanted.
 */
public final class GuardBenchmarks {

	private GuardBenchmarks() {
	}

	public static void main(String[] args) throws IOException, RunnerException, InterruptedException {
		Effort effort = Effort.valueOf(args[0].toUpperCase(Locale.ROOT));
		Path root = Path.of(args[1]);
		String include = (args.length > 2) ? args[2] : "";
		Path results = Files.createDirectories(root.resolve("benchmarks/target/guards"));
		measure(effort, "\\.guards\\..*" + include, 1, results.resolve("one-thread.json"));
		if (include.isEmpty()) {
			measure(effort, "\\.programmatic\\..*[bB]reaker$", 2, results.resolve("two-threads.json"));
			ExceptionCensus.take(results.resolve("exceptions.json"));
			GuardReport.write(results, root, effort == Effort.QUICK);
		}
	}

	private static void measure(Effort effort, String include, int threads, Path result) throws RunnerException {
		ChainedOptionsBuilder options = new OptionsBuilder().include(include)
			.mode(Mode.AverageTime)
			.timeUnit(TimeUnit.NANOSECONDS)
			.threads(threads)
			.forks(effort.forks)
			.warmupIterations(effort.warmups)
			.warmupTime(TimeValue.seconds(1))
			.measurementIterations(effort.measurements)
			.measurementTime(TimeValue.seconds(1))
			.addProfiler(GCProfiler.class)
			.jvmArgsAppend("-Xms1g", "-Xmx1g", "-Dcsp.sentinel.log.dir=" + result.resolveSibling("sentinel-logs"))
			.resultFormat(ResultFormatType.JSON)
			.result(result.toString());
		new Runner(options.build()).run();
	}

	private enum Effort {

		FULL(2, 3, 6), QUICK(1, 2, 3);

		private final int forks;

		private final int warmups;

		private final int measurements;

		Effort(int forks, int warmups, int measurements) {
			this.forks = forks;
			this.warmups = warmups;
			this.measurements = measurements;
		}

	}

}
