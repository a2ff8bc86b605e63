package io.github.resiliencestarter.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An instance of the order service in a process of its own, configured by environment
 * variables alone.
 */
final class ShopProcess implements AutoCloseable {

	private static final Pattern ADDRESS = Pattern.compile("Open http://localhost:(\\d+)/");

	private final Process process;

	private final CompletableFuture<Integer> port = new CompletableFuture<>();

	private ShopProcess(Process process) {
		this.process = process;
	}

	static ShopProcess start(Map<String, String> environment) {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		ProcessBuilder builder = new ProcessBuilder(java, "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp",
				System.getProperty("java.class.path"), SampleApplication.class.getName());
		builder.environment().putAll(environment);
		builder.environment().put("SERVER_PORT", "0");
		builder.redirectErrorStream(true);
		try {
			ShopProcess shop = new ShopProcess(builder.start());
			new Thread(shop::followLog, "log of process " + shop.process.pid()).start();
			return shop;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void followLog() {
		StringBuilder log = new StringBuilder();
		try (BufferedReader output = this.process.inputReader()) {
			for (String line = output.readLine(); line != null; line = output.readLine()) {
				log.append(line).append('\n');
				Matcher matcher = ADDRESS.matcher(line);
				if (matcher.find()) {
					this.port.complete(Integer.valueOf(matcher.group(1)));
				}
			}
		}
		catch (IOException ex) {
			log.append(ex);
		}
		this.port.completeExceptionally(new IllegalStateException("The process ended:\n" + log));
	}

	ShopClient client() {
		return new ShopClient(this.port.orTimeout(5, TimeUnit.MINUTES).join());
	}

	/**
	 * End the process as a power failure would: SIGKILL, without any shutdown hook.
	 */
	void kill() {
		this.process.destroyForcibly().onExit().join();
	}

	@Override
	public void close() {
		kill();
	}

}
