package io.github.resiliencestarter.retry;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.web.client.RestClientResponseException;

/**
 * Reads {@code Retry-After} (RFC 9110, section 10.2.3) from an HTTP error, also from one
 * that the application has wrapped. A date is taken relative to the response's own
 * {@code Date}, so that the clocks of both sides need not agree. Loaded only where
 * spring-web is there.
 */
final class HttpRetryAfter implements RetryHint {

	private static final int DEEPEST_CAUSE = 5;

	@Override
	public @Nullable Duration of(Throwable failure) {
		Throwable current = failure;
		for (int depth = 0; current != null && depth < DEEPEST_CAUSE; depth++) {
			if (current instanceof RestClientResponseException response) {
				HttpHeaders headers = response.getResponseHeaders();
				return (headers != null) ? retryAfter(headers) : null;
			}
			current = current.getCause();
		}
		return null;
	}

	private static @Nullable Duration retryAfter(HttpHeaders headers) {
		String text = headers.getFirst(HttpHeaders.RETRY_AFTER);
		if (text == null) {
			return null;
		}
		try {
			return Duration.ofSeconds(Math.max(0, Long.parseLong(text.trim())));
		}
		catch (NumberFormatException ex) {
			return untilDate(headers);
		}
	}

	private static @Nullable Duration untilDate(HttpHeaders headers) {
		try {
			long until = headers.getFirstDate(HttpHeaders.RETRY_AFTER);
			long sent = headers.getDate();
			return (until >= 0 && sent >= 0) ? Duration.ofMillis(Math.max(0, until - sent)) : null;
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

}
