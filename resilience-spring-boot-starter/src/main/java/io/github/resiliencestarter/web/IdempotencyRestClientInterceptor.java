package io.github.resiliencestarter.web;

import java.io.IOException;

import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

import io.github.resiliencestarter.idempotency.OutgoingIdempotencyKey;

/**
 * Gives requests the key that the idempotent method around them asks for.
 */
final class IdempotencyRestClientInterceptor implements ClientHttpRequestInterceptor {

	private final String header;

	IdempotencyRestClientInterceptor(String header) {
		this.header = header;
	}

	@Override
	public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
			throws IOException {
		if (!request.getHeaders().containsHeader(this.header)) {
			String key = OutgoingIdempotencyKey.of(request.getMethod().name(), request.getURI());
			if (key != null) {
				request.getHeaders().set(this.header, key);
			}
		}
		return execution.execute(request, body);
	}

}
