package io.github.resiliencestarter.circuitbreaker;

import java.util.List;
import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How circuit breakers work.
 *
 * @param enabled whether circuit breakers do anything
 * @param defaults settings of breakers for what neither their instance's properties nor
 * their annotations say
 * @param instances settings of single breakers by name, which win over their annotations
 * @param names names of breakers that only programs use, through the CircuitBreakers bean
 */
@ConfigurationProperties("resilience.circuit-breaker")
public record CircuitBreakerProperties(@DefaultValue("true") boolean enabled,
		@DefaultValue @NestedConfigurationProperty CircuitBreakerSettings defaults,
		@DefaultValue Map<String, CircuitBreakerSettings> instances, @DefaultValue List<String> names) {

	/** Where the settings of single breakers stand. */
	static final String INSTANCES = "resilience.circuit-breaker.instances";

	public CircuitBreakerProperties {
		instances = Map.copyOf(instances);
		names = List.copyOf(names);
	}

	/**
	 * Tell whether a breaker turns the application's health DOWN while it is open.
	 * @param name the breaker's name
	 * @return whether it does
	 */
	public boolean affectsHealth(String name) {
		return Boolean.TRUE.equals(instance(name).orElse(this.defaults).affectsHealth());
	}

	/**
	 * Merge all that is said of a breaker.
	 * @param name the breaker's name
	 * @param annotated what its annotation says
	 * @return the instance's properties, else the annotation, else the defaults
	 */
	CircuitBreakerSettings settings(String name, CircuitBreakerSettings annotated) {
		return instance(name).orElse(annotated).orElse(this.defaults);
	}

	private CircuitBreakerSettings instance(String name) {
		return this.instances.getOrDefault(name, CircuitBreakerSettings.NONE);
	}

}
