package io.github.resiliencestarter.web;

import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.springframework.core.ResolvableType;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

import io.github.resiliencestarter.idempotency.ReplyEnvelope;

/**
 * {@link ResponseEntity}: status, body and the application's headers are the reply. What
 * belongs to one exchange only is not: cookies, dates, connection and tracing headers.
 */
final class IdempotencyResponseEnvelope implements ReplyEnvelope {

	private static final Set<String> OF_ONE_EXCHANGE = Set.of("set-cookie", "set-cookie2", "date", "age", "connection",
			"keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
			"transfer-encoding", "upgrade", "content-length", "server-timing", "traceparent", "tracestate",
			"traceresponse", "baggage", "b3", "x-request-id", "x-correlation-id", "x-trace-id", "x-amzn-trace-id",
			"x-cloud-trace-context", "idempotent-replayed");

	@Override
	public boolean knows(Class<?> type) {
		return HttpEntity.class.isAssignableFrom(type);
	}

	@Override
	public Type bodyType(Type type) {
		ResolvableType body = ResolvableType.forType(type).as(HttpEntity.class).getGeneric(0);
		return (body.resolve() != null) ? body.getType() : Object.class;
	}

	@Override
	public Content open(Object reply) {
		HttpEntity<?> entity = (HttpEntity<?>) reply;
		int status = (entity instanceof ResponseEntity<?> response) ? response.getStatusCode().value() : 200;
		return new Content(status, headers(entity), entity.getBody(), status < 500);
	}

	private static Map<String, List<String>> headers(HttpEntity<?> entity) {
		Map<String, List<String>> kept = new LinkedHashMap<>();
		entity.getHeaders().forEach((name, values) -> {
			String lower = name.toLowerCase(Locale.ROOT);
			if (!OF_ONE_EXCHANGE.contains(lower) && !lower.startsWith("x-b3-")) {
				kept.put(name, List.copyOf(values));
			}
		});
		if (entity.getBody() instanceof ProblemDetail && entity.getHeaders().getContentType() == null) {
			kept.put(HttpHeaders.CONTENT_TYPE, List.of(MediaType.APPLICATION_PROBLEM_JSON_VALUE));
		}
		return kept;
	}

	@Override
	public Object close(Content content) {
		HttpHeaders headers = new HttpHeaders();
		content.headers().forEach(headers::put);
		return ResponseEntity.status(content.status()).headers(headers).body(content.body());
	}

	@Override
	public Object first(Object reply, Content content) {
		HttpHeaders headers = new HttpHeaders();
		content.headers().forEach(headers::put);
		headers.putAll(((HttpEntity<?>) reply).getHeaders());
		return ResponseEntity.status(content.status()).headers(headers).body(content.body());
	}

}
