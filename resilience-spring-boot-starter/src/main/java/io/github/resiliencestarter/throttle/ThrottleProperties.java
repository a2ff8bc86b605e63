package io.github.resiliencestarter.throttle;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Limits of throttled methods.
 *
 * @param enabled whether methods are throttled
 * @param defaults settings of all throttles, where neither their annotation nor their own
 * properties say anything
 * @param instances settings by the throttle's name, before those of the annotation
 * @param names names of throttles that only programs use, through the Throttles bean
 * @param store the database below throttles of scope cluster
 */
@ConfigurationProperties("resilience.throttle")
record ThrottleProperties(@DefaultValue("true") boolean enabled,
		@DefaultValue @NestedConfigurationProperty ThrottleSettings defaults,
		@DefaultValue Map<String, ThrottleSettings> instances, @DefaultValue List<String> names,
		@DefaultValue Store store) {

	/** Where the settings of single throttles stand. */
	static final String INSTANCES = "resilience.throttle.instances";

	/** Where names stand that only programs use. */
	static final String NAMES = "resilience.throttle.names";

	ThrottleProperties {
		instances = Map.copyOf(instances);
		names = List.copyOf(names);
	}

	/**
	 * Merge all that is said of a throttle.
	 * @param name the throttle's name
	 * @param annotated what its annotation says
	 * @return the instance's properties, else the annotation, else the defaults
	 */
	ThrottleSettings settings(String name, ThrottleSettings annotated) {
		return this.instances.getOrDefault(name, ThrottleSettings.NONE).orElse(annotated).orElse(this.defaults);
	}

	/**
	 * The database below throttles of scope CLUSTER.
	 *
	 * @param timeout how long a call waits for the database's verdict
	 * @param purgeInterval time between removals of rows that say nothing any more
	 */
	record Store(@DefaultValue("500ms") Duration timeout, @DefaultValue("1m") Duration purgeInterval) {

	}

}
