package io.github.resiliencestarter.idempotency;

import org.jspecify.annotations.Nullable;

/**
 * Who calls, on the calling thread. Whoever is authenticated has keys of their own,
 * wherever the key comes from.
 */
final class CallIdentity {

	private final IdempotencyExchange exchange;

	private final IdempotencyPrincipal principal;

	CallIdentity(IdempotencyExchange exchange, IdempotencyPrincipal principal) {
		this.exchange = exchange;
		this.principal = principal;
	}

	@Nullable String principal() {
		String name = this.principal.name();
		return (name != null) ? name : this.exchange.principal();
	}

	@Nullable String keyHeader() {
		return this.exchange.keyHeader();
	}

}
