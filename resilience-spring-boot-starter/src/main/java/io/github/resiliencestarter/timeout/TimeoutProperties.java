package io.github.resiliencestarter.timeout;

import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Time-outs.
 *
 * @param enabled whether {@code @Timeout} has an effect
 * @param defaults limits of methods whose annotation leaves them out
 * @param instances limits by name, such as {@code OrderService.place}; they win over the
 * annotation
 * @param offload threads of mode {@code OFFLOAD}
 */
@ConfigurationProperties("resilience.timeout")
public record TimeoutProperties(@DefaultValue("true") boolean enabled,
		@DefaultValue @NestedConfigurationProperty TimeoutSettings defaults,
		@DefaultValue Map<String, TimeoutSettings> instances, @DefaultValue Offload offload) {

	public TimeoutProperties {
		instances = Map.copyOf(instances);
	}

	/**
	 * Threads of mode {@code OFFLOAD}.
	 *
	 * @param maxThreads calls at once of all methods together, where virtual threads are
	 * not enabled; more are refused
	 * @param maxLeftBehind calls of one method that may still run after their callers
	 * were released; while there are as many, further calls of the method are refused
	 */
	public record Offload(@DefaultValue("200") int maxThreads, @DefaultValue("50") int maxLeftBehind) {

	}

}
