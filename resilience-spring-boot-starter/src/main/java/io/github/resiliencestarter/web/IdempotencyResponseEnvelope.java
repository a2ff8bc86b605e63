package io.github.resiliencestarter.web;

import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.core.ResolvableType;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

import io.github.resiliencestarter.idempotency.ReplyEnvelope;

/**
 * {@link ResponseEntity}: status, body and the application's headers are the reply.
 */
final class IdempotencyResponseEnvelope implements ReplyEnvelope {

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
			if (ReplayedHeaders.contain(name)) {
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
