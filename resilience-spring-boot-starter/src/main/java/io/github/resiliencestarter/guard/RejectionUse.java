package io.github.resiliencestarter.guard;

/**
 * What a guard does with the exception by which a guard inside it refuses a call.
 */
public enum RejectionUse {

	/** Passes it on, and reads nothing from it. */
	PASSES_ON,

	/** Reads from it, or shows it to somebody. */
	LOOKS_AT,

	/** Answers in its place, and shows it to nobody. */
	ANSWERS_UNSEEN

}
