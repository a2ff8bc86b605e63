package io.github.resiliencestarter.io;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.diagnostics.FailureAnalyzedException;

/**
 * Tells which of the application's clients can wait for ever. Thread-safe.
 */
public final class IoAudit implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(IoAudit.class);

	private final Supplier<Stream<IoProbe>> probes;

	private final IoProperties.Audit mode;

	IoAudit(Supplier<Stream<IoProbe>> probes, IoProperties.Audit mode) {
		this.probes = probes;
		this.mode = mode;
	}

	/**
	 * Look at all clients, as they are now.
	 * @return the findings, by kind and name of the bean
	 */
	public List<IoClient> clients() {
		return this.probes.get().flatMap(IoProbe::clients).toList();
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (this.mode == IoProperties.Audit.OFF) {
			return;
		}
		List<IoClient> unbounded = clients().stream()
			.filter((client) -> client.verdict() == IoClient.Verdict.UNBOUNDED)
			.toList();
		if (this.mode == IoProperties.Audit.FAIL && !unbounded.isEmpty()) {
			throw new FailureAnalyzedException(lines(unbounded, IoAudit::problem),
					lines(unbounded, IoAudit::remedy) + "Or set resilience.io.audit=warn to start all the same.");
		}
		unbounded.forEach((client) -> logger.warn(problem(client) + " " + remedy(client)));
	}

	private static String lines(List<IoClient> clients, Function<IoClient, String> text) {
		StringBuilder lines = new StringBuilder();
		clients.forEach((client) -> lines.append(text.apply(client)).append(System.lineSeparator()));
		return lines.toString();
	}

	private static String problem(IoClient client) {
		return "A silent peer makes " + client.client() + " wait for ever (connect time-out: "
				+ orNone(client.connectTimeout()) + ", read time-out: " + orNone(client.readTimeout()) + ").";
	}

	private static String remedy(IoClient client) {
		return "Set " + client.remedy() + ".";
	}

	private static String orNone(@Nullable String timeout) {
		return (timeout != null) ? timeout : "none";
	}

}
