package io.github.resiliencestarter.web;

import java.security.Principal;
import java.util.Enumeration;
import java.util.function.Supplier;

import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

import io.github.resiliencestarter.idempotency.IdempotencyExchange;
import io.github.resiliencestarter.idempotency.IdempotencyKeyInvalidException;
import io.github.resiliencestarter.idempotency.ResponseHead;

/**
 * The servlet request that the thread is at work on.
 */
final class IdempotencyServletExchange implements IdempotencyExchange {

	static final String REPLAYED = "Idempotent-Replayed";

	private final String header;

	IdempotencyServletExchange(String header) {
		this.header = header;
	}

	@Override
	public @Nullable String keyHeader() {
		ServletRequestAttributes current = current();
		Enumeration<String> values = (current != null) ? current.getRequest().getHeaders(this.header) : null;
		if (values == null || !values.hasMoreElements()) {
			return null;
		}
		String key = values.nextElement();
		if (values.hasMoreElements()) {
			throw new IdempotencyKeyInvalidException("The request has the header " + this.header + " more than once");
		}
		return key;
	}

	@Override
	public @Nullable String principal() {
		ServletRequestAttributes current = current();
		Principal principal = (current != null) ? current.getRequest().getUserPrincipal() : null;
		return (principal != null) ? principal.getName() : null;
	}

	@Override
	public Supplier<ResponseHead> watch() {
		HttpServletResponse response = response();
		return (response != null) ? new ResponseWatch(response)::said : () -> ResponseHead.NONE;
	}

	@Override
	public void replayed(ResponseHead said) {
		HttpServletResponse response = response();
		if (response != null) {
			ResponseWatch.sayAgain(said, response);
			response.setHeader(REPLAYED, "true");
		}
	}

	private static @Nullable HttpServletResponse response() {
		ServletRequestAttributes current = current();
		return (current != null) ? current.getResponse() : null;
	}

	private static @Nullable ServletRequestAttributes current() {
		return (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes servlet) ? servlet
				: null;
	}

}
