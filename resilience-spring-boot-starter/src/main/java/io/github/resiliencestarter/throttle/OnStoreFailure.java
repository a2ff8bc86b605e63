package io.github.resiliencestarter.throttle;

/**
 * What a throttle of scope CLUSTER does while the database does not answer. The default
 * is {@link #LIMIT_LOCALLY}: a limit must not turn an outage of the database into one of
 * calls that do not need it, and must not vanish just when everything is under stress.
 */
public enum OnStoreFailure {

	/**
	 * The same limit applies to each instance alone: calls go on, and the cluster as a
	 * whole gets at most the rate times the number of instances.
	 */
	LIMIT_LOCALLY,

	/** Calls are not limited. */
	ALLOW,

	/** Calls are refused. */
	REJECT

}
