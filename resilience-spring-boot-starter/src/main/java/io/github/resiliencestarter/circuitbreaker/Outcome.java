package io.github.resiliencestarter.circuitbreaker;

/**
 * What an exception says about the method.
 */
enum Outcome {

	/** The method failed. */
	FAILURE,

	/** The method did what it should. */
	SUCCESS,

	/** Nothing, the user says. */
	IGNORED,

	/** Nothing: a guard further inside refused, or the caller had no time left. */
	REFUSED

}
