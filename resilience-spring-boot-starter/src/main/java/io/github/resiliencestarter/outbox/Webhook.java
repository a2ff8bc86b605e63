package io.github.resiliencestarter.outbox;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * An HTTP request to publish: sent with {@code RestClient}, with an
 * {@code Idempotency-Key} that stays the same at every attempt, and signed as in
 * <a href="https://www.standardwebhooks.com">Standard Webhooks</a> where
 * {@code resilience.outbox.webhook.secrets} has a secret for the host. <pre>
 * outbox.publish(Webhook.post(URI.create("https://example.org/hook")).json(event).build());
 * </pre>
 *
 * @param method the HTTP method
 * @param uri where it goes
 * @param headers its headers
 * @param body what its JSON body is made of, or {@code null}
 */
@OutboxType("webhook")
public record Webhook(String method, URI uri, Map<String, String> headers, @Nullable Object body) {

	public Webhook {
		headers = Map.copyOf(headers);
		if (!uri.isAbsolute()) {
			throw new IllegalArgumentException("The URI " + uri + " is not absolute.");
		}
	}

	/**
	 * Begin a POST request.
	 * @param uri where it goes
	 * @return the request to complete
	 */
	public static Builder post(URI uri) {
		return new Builder("POST", uri);
	}

	/**
	 * Begin a PUT request.
	 * @param uri where it goes
	 * @return the request to complete
	 */
	public static Builder put(URI uri) {
		return new Builder("PUT", uri);
	}

	/**
	 * A request that is not complete yet. Not thread-safe.
	 */
	public static final class Builder {

		private final String method;

		private final URI uri;

		private final Map<String, String> headers = new LinkedHashMap<>();

		private @Nullable Object body;

		private Builder(String method, URI uri) {
			this.method = method;
			this.uri = uri;
		}

		/**
		 * Give it a body.
		 * @param value an object that is written as JSON
		 * @return this builder
		 */
		public Builder json(Object value) {
			this.body = value;
			return this;
		}

		public Builder header(String name, String value) {
			this.headers.put(name, value);
			return this;
		}

		/**
		 * Complete the request.
		 * @return the request
		 * @throws IllegalArgumentException if the URI is not absolute
		 */
		public Webhook build() {
			return new Webhook(this.method, this.uri, this.headers, this.body);
		}

	}

}
