package io.github.resiliencestarter.guard;

import java.util.Set;

/**
 * Tells which names the properties of a feature speak of, and which there are: a property
 * that speaks of no guard, or sets what cannot be set, is a typing error, and stops the
 * start-up.
 */
public interface ConfiguredInstances {

	/**
	 * Return where the names stand.
	 * @return the properties' prefix, such as {@code resilience.throttle.instances}
	 */
	String prefix();

	/**
	 * Return the names that properties speak of.
	 * @return the names
	 */
	Set<String> configured();

	/**
	 * Return the names that guards have, once all beans are known.
	 * @return the names
	 */
	Set<String> known();

	/**
	 * Return the type that an instance's properties, and the feature's defaults beside
	 * the instances, are bound to: its components are all there is to set.
	 * @return a record
	 */
	Class<? extends Record> settings();

}
