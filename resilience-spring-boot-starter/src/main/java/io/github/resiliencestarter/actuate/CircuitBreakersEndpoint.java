package io.github.resiliencestarter.actuate;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot.State;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakers;

/**
 * Shows circuit breakers, and lets operators force their states.
 */
@Endpoint(id = "circuitbreakers")
public class CircuitBreakersEndpoint {

	private final CircuitBreakers breakers;

	CircuitBreakersEndpoint(CircuitBreakers breakers) {
		this.breakers = breakers;
	}

	/**
	 * Show all breakers.
	 * @return the breakers by name
	 */
	@ReadOperation
	public CircuitBreakersDescriptor circuitBreakers() {
		Map<String, CircuitBreakerDescriptor> all = new LinkedHashMap<>();
		this.breakers.names().forEach((name) -> all.put(name, describe(name)));
		return new CircuitBreakersDescriptor(all);
	}

	/**
	 * Show one breaker.
	 * @param name its name
	 * @return the breaker, or {@code null} if there is none of the name
	 */
	@ReadOperation
	public @Nullable CircuitBreakerDescriptor circuitBreaker(@Selector String name) {
		return isKnown(name) ? describe(name) : null;
	}

	/**
	 * Force a breaker's state.
	 * @param name its name
	 * @param state {@code FORCED_OPEN}, {@code CLOSED} or {@code DISABLED}
	 * @param duration after which time the breaker closes by itself, {@code null} for
	 * until further notice
	 * @return the breaker as it stands now, or status 404 if there is none of the name
	 */
	@WriteOperation
	public WebEndpointResponse<CircuitBreakerDescriptor> force(@Selector String name, State state,
			@Nullable Duration duration) {
		if (!isKnown(name)) {
			return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
		}
		if (duration != null && (duration.isNegative() || duration.isZero())) {
			throw invalid("The duration must be positive");
		}
		try {
			apply(name, state, duration);
		}
		catch (IllegalStateException ex) {
			throw invalid(ex.getMessage());
		}
		return new WebEndpointResponse<>(describe(name));
	}

	private void apply(String name, State state, @Nullable Duration duration) {
		switch (state) {
			case FORCED_OPEN -> this.breakers.forceOpen(name, duration);
			case DISABLED -> this.breakers.disable(name, duration);
			case CLOSED -> this.breakers.close(name);
			default -> throw invalid("The state must be FORCED_OPEN, CLOSED or DISABLED");
		}
	}

	private static InvalidEndpointRequestException invalid(@Nullable String reason) {
		String message = (reason != null) ? reason : "Invalid";
		return new InvalidEndpointRequestException(message, message);
	}

	private boolean isKnown(String name) {
		return this.breakers.names().contains(name);
	}

	private CircuitBreakerDescriptor describe(String name) {
		return CircuitBreakerDescriptor.of(this.breakers.snapshot(name));
	}

	/**
	 * All breakers.
	 *
	 * @param circuitBreakers the breakers by name
	 */
	public record CircuitBreakersDescriptor(Map<String, CircuitBreakerDescriptor> circuitBreakers) {

	}

	/**
	 * One breaker.
	 *
	 * @param state its state
	 * @param failureRate percentage of failed calls in the window
	 * @param slowCallRate percentage of slow calls in the window
	 * @param bufferedCalls calls in the window
	 * @param failedCalls failed calls in the window
	 * @param slowCalls slow calls in the window
	 * @param notPermittedCalls calls refused since the start
	 */
	public record CircuitBreakerDescriptor(State state, double failureRate, double slowCallRate, long bufferedCalls,
			long failedCalls, long slowCalls, long notPermittedCalls) {

		static CircuitBreakerDescriptor of(CircuitBreakerSnapshot snapshot) {
			return new CircuitBreakerDescriptor(snapshot.state(), snapshot.failureRate(), snapshot.slowCallRate(),
					snapshot.bufferedCalls(), snapshot.failedCalls(), snapshot.slowCalls(),
					snapshot.notPermittedCalls());
		}

	}

}
