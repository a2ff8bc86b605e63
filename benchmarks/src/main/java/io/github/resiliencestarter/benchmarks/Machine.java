package io.github.resiliencestarter.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.stream.Stream;

/**
 * Where and when a benchmark ran, for its page.
 */
public final class Machine {

	private Machine() {
	}

	/**
	 * Describe this machine and this day.
	 * @return one sentence
	 */
	public static String describe() {
		return "%s, %s, %d cores, %s %s, JDK %s (%s).".formatted(LocalDate.now(),
				fact("/proc/cpuinfo", "model name", System.getProperty("os.arch")),
				Runtime.getRuntime().availableProcessors(), System.getProperty("os.name"),
				System.getProperty("os.version").replaceFirst("-.*", ""), System.getProperty("java.version"),
				System.getProperty("java.vendor"));
	}

	private static String fact(String file, String name, String otherwise) {
		if (!Files.isReadable(Path.of(file))) {
			return otherwise;
		}
		try (Stream<String> lines = Files.lines(Path.of(file))) {
			return lines.filter((line) -> line.startsWith(name))
				.map((line) -> line.substring(line.indexOf(':') + 1).trim())
				.findFirst()
				.orElse(otherwise);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
