package io.github.resiliencestarter.timeout;

import java.util.List;
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
 * @param names names of time-outs that only programs use, through the Timeouts bean
 * @param offload threads of mode {@code OFFLOAD}
 */
@ConfigurationProperties("resilience.timeout")
public record TimeoutProperties(@DefaultValue("true") boolean enabled,
		@DefaultValue @NestedConfigurationProperty TimeoutSettings defaults,
		@DefaultValue Map<String, TimeoutSettings> instances, @DefaultValue List<String> names,
		@DefaultValue Offload offload) {

	/** Where the limits of single names stand. */
	static final String INSTANCES = "resilience.timeout.instances";

	/** Where names stand that only programs use. */
	static final String NAMES = "resilience.timeout.names";

	public TimeoutProperties {
		instances = Map.copyOf(instances);
		names = List.copyOf(names);
	}

	/**
	 * Merge all that is said of a name.
	 * @param name the name
	 * @param annotated what its annotation says
	 * @return the instance's properties, else the annotation, else the defaults
	 */
	TimeoutSettings settings(String name, TimeoutSettings annotated) {
		return this.instances.getOrDefault(name, TimeoutSettings.EMPTY).orElse(annotated).orElse(this.defaults);
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
