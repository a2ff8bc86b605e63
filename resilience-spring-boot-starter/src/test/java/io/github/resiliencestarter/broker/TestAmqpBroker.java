package io.github.resiliencestarter.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Objects;

import org.apache.qpid.server.SystemLauncher;

/**
 * A real broker that speaks RabbitMQ's protocol, AMQP 0-9-1, within the tests' JVM: up
 * and down at one address, with empty memory whenever it starts.
 */
public final class TestAmqpBroker implements AutoCloseable {

	private final int port;

	private SystemLauncher launcher = new SystemLauncher();

	public TestAmqpBroker() {
		try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.port = free.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return where the broker listens on the loopback address.
	 * @return the port, the same whenever it is up
	 */
	public int port() {
		return this.port;
	}

	public void start() throws Exception {
		this.launcher = new SystemLauncher();
		String configuration = Objects.requireNonNull(getClass().getResource("amqp-broker.json")).toExternalForm();
		this.launcher.startup(Map.of("type", "Memory", "initialConfigurationLocation", configuration,
				"startupLoggedToSystemOut", false, "context", Map.of("qpid.amqp_port", Integer.toString(this.port))));
	}

	public void stop() {
		this.launcher.shutdown();
	}

	@Override
	public void close() {
		stop();
	}

}
