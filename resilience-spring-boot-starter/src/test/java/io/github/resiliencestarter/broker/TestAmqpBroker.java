package io.github.resiliencestarter.broker;

import java.net.URI;
import java.util.Map;
import java.util.Objects;

import io.github.resiliencestarter.Wire;
import org.apache.qpid.server.SystemLauncher;
import org.apache.qpid.server.SystemLauncherListener.DefaultSystemLauncherListener;
import org.apache.qpid.server.model.Broker;
import org.apache.qpid.server.model.Port;
import org.apache.qpid.server.model.SystemConfig;

/**
 * A real broker that speaks RabbitMQ's protocol, AMQP 0-9-1, within the tests' JVM. It
 * cannot be reached before {@link #start()}: it runs behind a line, so that its address
 * is its own all the time.
 */
public final class TestAmqpBroker implements AutoCloseable {

	private final PortOfBroker port = new PortOfBroker();

	private final SystemLauncher launcher = new SystemLauncher(this.port);

	private final Wire wire;

	public TestAmqpBroker() throws Exception {
		String configuration = Objects.requireNonNull(getClass().getResource("amqp-broker.json")).toExternalForm();
		this.launcher.startup(Map.of("type", "Memory", "initialConfigurationLocation", configuration,
				"startupLoggedToSystemOut", false, "context", Map.of("qpid.amqp_port", "0")));
		this.wire = new Wire("amqp://127.0.0.1:" + this.port.bound());
		this.wire.cut();
	}

	/**
	 * Return where the broker can be reached on the loopback address.
	 * @return the port, the same before and after the start
	 */
	public int port() {
		return URI.create(this.wire.url()).getPort();
	}

	public void start() throws Exception {
		this.wire.repair();
	}

	@Override
	public void close() {
		this.wire.close();
		this.launcher.shutdown();
	}

	private static final class PortOfBroker extends DefaultSystemLauncherListener {

		private SystemConfig<?> system;

		@Override
		public void onContainerResolve(SystemConfig<?> systemConfig) {
			this.system = systemConfig;
		}

		private int bound() {
			return ((Broker<?>) this.system.getContainer()).getPorts()
				.stream()
				.mapToInt(Port::getBoundPort)
				.findFirst()
				.orElseThrow();
		}

	}

}
