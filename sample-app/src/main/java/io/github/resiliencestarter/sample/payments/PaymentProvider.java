package io.github.resiliencestarter.sample.payments;

import java.util.Set;

import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

import io.github.resiliencestarter.sample.downstream.Downstream;
import io.github.resiliencestarter.sample.orders.OrderPlaced;

/**
 * The payment provider as this service sees it.
 */
@Component
class PaymentProvider {

	private static final Set<HttpStatusCode> NOT_NOW = Set.of(HttpStatus.REQUEST_TIMEOUT, HttpStatus.TOO_EARLY,
			HttpStatus.TOO_MANY_REQUESTS);

	private final RestClient client;

	private final Downstream downstream;

	PaymentProvider(RestClient.Builder client, Downstream downstream) {
		this.client = client.build();
		this.downstream = downstream;
	}

	/**
	 * Ask the provider to charge an order.
	 * @param idempotencyKey the same for every try of one charge, so that the provider
	 * charges once
	 * @param order what to charge
	 * @return whether the provider charged it; otherwise it declined for good
	 * @throws org.springframework.web.client.RestClientException if nobody knows: try
	 * again
	 */
	boolean charge(String idempotencyKey, OrderPlaced order) {
		try {
			this.client.post()
				.uri(this.downstream.url("/simulator/payments/charges"))
				.header("Idempotency-Key", idempotencyKey)
				.body(order)
				.retrieve()
				.toBodilessEntity();
			return true;
		}
		catch (HttpClientErrorException ex) {
			if (NOT_NOW.contains(ex.getStatusCode())) {
				throw ex;
			}
			return false;
		}
	}

}
