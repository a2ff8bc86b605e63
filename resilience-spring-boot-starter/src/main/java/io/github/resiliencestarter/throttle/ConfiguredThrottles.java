package io.github.resiliencestarter.throttle;

import java.util.Set;

import io.github.resiliencestarter.guard.ConfiguredInstances;

/**
 * The names in {@code resilience.throttle.instances}.
 *
 * @param properties where properties speak of throttles
 * @param throttles the throttles there are
 */
record ConfiguredThrottles(ThrottleProperties properties, Throttles throttles) implements ConfiguredInstances {

	@Override
	public String prefix() {
		return ThrottleProperties.INSTANCES;
	}

	@Override
	public Set<String> configured() {
		return this.properties.instances().keySet();
	}

	@Override
	public Set<String> known() {
		return this.throttles.names();
	}

	@Override
	public Class<? extends Record> settings() {
		return ThrottleSettings.class;
	}

}
