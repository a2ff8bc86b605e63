package io.github.resiliencestarter.web;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.core.Ordered;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import io.github.resiliencestarter.guard.MonotonicClock;

/**
 * Lets clients pass on what is left of their caller's time. Comes last, so that it sees
 * the request factory that others have chosen, and measures as late as possible.
 */
final class DeadlineRestClientCustomizer implements RestClientCustomizer, Ordered {

	private final MonotonicClock clock;

	DeadlineRestClientCustomizer(MonotonicClock clock) {
		this.clock = clock;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void customize(RestClient.Builder builder) {
		builder.requestInterceptor(new DeadlineInterceptor(this.clock));
		if (requestFactory(builder) instanceof ClientHttpRequestFactory factory) {
			ReadTimeout readTimeout = ReadTimeout.of(factory);
			if (readTimeout != null) {
				builder.requestFactory(new DeadlineRequestFactory(factory, readTimeout, this.clock));
			}
		}
	}

	// the builder has no getter
	private static @Nullable Object requestFactory(RestClient.Builder builder) {
		DirectFieldAccessor fields = new DirectFieldAccessor(builder);
		return fields.isReadableProperty("requestFactory") ? fields.getPropertyValue("requestFactory") : null;
	}

}
