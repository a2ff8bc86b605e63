package io.github.resiliencestarter.sample.prices;

import java.math.BigDecimal;
import java.util.Objects;

import org.springframework.retry.annotation.Backoff;
import org.springframework.retry.annotation.Retryable;
import org.springframework.stereotype.Service;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

import io.github.resiliencestarter.circuitbreaker.CircuitBreaker;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerOpenException;
import io.github.resiliencestarter.fallback.Fallback;
import io.github.resiliencestarter.sample.catalog.Catalog;
import io.github.resiliencestarter.sample.downstream.Downstream;
import io.github.resiliencestarter.throttle.Throttled;
import io.github.resiliencestarter.timeout.CallTimeoutException;
import io.github.resiliencestarter.timeout.Timeout;

/**
 * Asks the price service, and answers with the list price where it does not.
 */
@Service
public class Prices {

	private final RestClient client;

	private final Downstream downstream;

	private final Catalog catalog;

	Prices(RestClient.Builder client, Downstream downstream, Catalog catalog) {
		this.client = client.build();
		this.downstream = downstream;
		this.catalog = catalog;
	}

	/**
	 * Return the current price. The fallback answers when the price service fails, is too
	 * slow, or is given a rest by the breaker; it does not answer for the throttle, so
	 * that whoever asks too often is told so.
	 * @param sku the product
	 * @return its price
	 */
	@CircuitBreaker(name = "prices", slidingWindow = "20", minimumNumberOfCalls = "10", waitDurationInOpenState = "5s")
	@Throttled(name = "prices", rate = "20/s")
	@Timeout(value = "3s", attempt = "1s")
	@Retryable(retryFor = { RestClientException.class, CallTimeoutException.class },
			noRetryFor = HttpClientErrorException.class, maxAttempts = 3,
			backoff = @Backoff(delay = 50, multiplier = 2, random = true))
	@Fallback(value = "listPrice",
			on = { RestClientException.class, CallTimeoutException.class, CircuitBreakerOpenException.class })
	public Price current(String sku) {
		BigDecimal price = this.client.get()
			.uri(this.downstream.url("/simulator/prices/{sku}"), sku)
			.retrieve()
			.body(BigDecimal.class);
		return Price.live(sku, Objects.requireNonNull(price));
	}

	private Price listPrice(String sku) {
		return Price.fallback(sku, this.catalog.listPrice(sku));
	}

}
