package io.github.resiliencestarter.outbox;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.RestClient;

/**
 * Sends webhooks. Every attempt carries the same {@code Idempotency-Key} and
 * {@code webhook-id}, so that a receiver that gets an ambiguous one twice can tell.
 */
class WebhookHandler {

	private final RestClient client;

	private final JsonMapper json;

	private final Map<String, WebhookSignature> signatures = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

	WebhookHandler(RestClient client, JsonMapper json, Map<String, String> secrets) {
		this.client = client;
		this.json = json;
		secrets.forEach((host, secret) -> this.signatures.put(host, new WebhookSignature(secret)));
	}

	@OutboxHandler(value = "webhook", deadLetterOn = WebhookRefusedException.class)
	void send(Webhook webhook, OutboxMessage message) {
		byte[] body = (webhook.body() != null) ? this.json.writeValueAsBytes(webhook.body()) : new byte[0];
		WebhookReply reply = this.client.method(HttpMethod.valueOf(webhook.method()))
			.uri(webhook.uri())
			.headers((headers) -> headers(headers, webhook, message.id(), body))
			.body(body)
			.exchange((request, response) -> reply(response));
		if (!reply.isAccepted()) {
			fail(webhook, reply);
		}
	}

	private void headers(HttpHeaders headers, Webhook webhook, String id, byte[] body) {
		headers.setContentType(MediaType.APPLICATION_JSON);
		webhook.headers().forEach(headers::set);
		headers.set("Idempotency-Key", id);
		long now = Instant.now().getEpochSecond();
		headers.set("webhook-id", id);
		headers.set("webhook-timestamp", Long.toString(now));
		WebhookSignature signature = this.signatures.getOrDefault(webhook.uri().getHost(),
				this.signatures.get("default"));
		if (signature != null) {
			headers.set("webhook-signature", signature.sign(id, now, body));
		}
	}

	private static WebhookReply reply(ClientHttpResponse response) throws IOException {
		return new WebhookReply(response.getStatusCode().value(),
				response.getHeaders().getFirst(HttpHeaders.RETRY_AFTER));
	}

	private static void fail(Webhook webhook, WebhookReply reply) {
		Duration wait = reply.wait(Instant.now());
		if (reply.isPermanent()) {
			throw new WebhookRefusedException(webhook.uri() + " answered " + reply.status());
		}
		if (wait != null) {
			throw new RetryLaterException(wait);
		}
		throw new WebhookFailedException(webhook.uri() + " answered " + reply.status());
	}

}
