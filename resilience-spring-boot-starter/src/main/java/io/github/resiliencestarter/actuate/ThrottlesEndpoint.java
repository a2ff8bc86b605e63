package io.github.resiliencestarter.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

import io.github.resiliencestarter.throttle.ThrottleSnapshot;
import io.github.resiliencestarter.throttle.Throttles;

/**
 * Shows throttles.
 */
@Endpoint(id = "throttles")
public class ThrottlesEndpoint {

	private final Throttles throttles;

	ThrottlesEndpoint(Throttles throttles) {
		this.throttles = throttles;
	}

	/**
	 * Show all throttles.
	 * @return the throttles by name
	 */
	@ReadOperation
	public ThrottlesDescriptor throttles() {
		Map<String, ThrottleDescriptor> all = new LinkedHashMap<>();
		this.throttles.names().forEach((name) -> all.put(name, ThrottleDescriptor.of(this.throttles.snapshot(name))));
		return new ThrottlesDescriptor(all);
	}

	/**
	 * All throttles.
	 *
	 * @param throttles the throttles by name
	 */
	public record ThrottlesDescriptor(Map<String, ThrottleDescriptor> throttles) {

	}

	/**
	 * One throttle; absent is what it does not limit.
	 *
	 * @param rate permits for a time
	 * @param burst permits that may be used at once
	 * @param concurrency calls that may be in flight at once
	 * @param inFlight calls in flight
	 * @param permitted calls let through since the start
	 * @param rejected calls refused since the start
	 * @param keys keys that are known
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record ThrottleDescriptor(@Nullable String rate, @Nullable Long burst, @Nullable Integer concurrency,
			@Nullable Integer inFlight, long permitted, long rejected, @Nullable Long keys) {

		static ThrottleDescriptor of(ThrottleSnapshot snapshot) {
			return new ThrottleDescriptor(snapshot.rate(), snapshot.burst(), snapshot.concurrency(),
					snapshot.inFlight(), snapshot.permitted(), snapshot.rejected(), snapshot.keys());
		}

	}

}
