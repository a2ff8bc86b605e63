package io.github.resiliencestarter.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program in a JVM of its own with this one's class path.
 */
public final class ChildProcess {

	private ChildProcess() {
	}

	/**
	 * Run a program, and wait for its end.
	 * @param program its class
	 * @param patience after which it is killed
	 * @param arguments its arguments
	 * @return whether it ended well
	 * @throws IOException when it cannot be started
	 * @throws InterruptedException when nobody waits for it any more
	 */
	public static boolean run(Class<?> program, Duration patience, String... arguments)
			throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-Xms1g",
				"-Xmx2g", "-cp", System.getProperty("java.class.path"), program.getName()));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).inheritIO().start();
		try {
			return process.waitFor(patience.toSeconds(), TimeUnit.SECONDS) && process.exitValue() == 0;
		}
		finally {
			process.destroyForcibly();
		}
	}

}
