package io.github.resiliencestarter.web;

import java.util.Locale;
import java.util.Set;

/**
 * Which headers are part of a reply. What belongs to one exchange only is not: cookies,
 * dates, connection and tracing headers.
 */
final class ReplayedHeaders {

	private static final Set<String> OF_ONE_EXCHANGE = Set.of("set-cookie", "set-cookie2", "date", "age", "connection",
			"keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
			"transfer-encoding", "upgrade", "content-length", "server-timing", "traceparent", "tracestate",
			"traceresponse", "baggage", "b3", "x-request-id", "x-correlation-id", "x-trace-id", "x-amzn-trace-id",
			"x-cloud-trace-context", "idempotent-replayed");

	private ReplayedHeaders() {
	}

	static boolean contain(String name) {
		String lower = name.toLowerCase(Locale.ROOT);
		return !OF_ONE_EXCHANGE.contains(lower) && !lower.startsWith("x-b3-");
	}

}
