package io.github.resiliencestarter.web;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * Makes requests that wait for an answer no longer than what is left of their caller's
 * time.
 */
final class DeadlineRequestFactory implements ClientHttpRequestFactory {

	private final ClientHttpRequestFactory delegate;

	private final ReadTimeout readTimeout;

	private final MonotonicClock clock;

	DeadlineRequestFactory(ClientHttpRequestFactory delegate, ReadTimeout readTimeout, MonotonicClock clock) {
		this.delegate = delegate;
		this.readTimeout = readTimeout;
		this.clock = clock;
	}

	@Override
	public ClientHttpRequest createRequest(URI uri, HttpMethod method) throws IOException {
		long expiresAt = TimeBudget.ofThread().expiresAt();
		if (expiresAt == TimeBudget.UNLIMITED) {
			return this.delegate.createRequest(uri, method);
		}
		// one more than the whole milliseconds: what is cut off has certainly run out
		long millis = TimeUnit.NANOSECONDS.toMillis(Math.max(0, expiresAt - this.clock.nanoTime())) + 1;
		return this.readTimeout.atMost(Duration.ofMillis(millis)).createRequest(uri, method);
	}

}
