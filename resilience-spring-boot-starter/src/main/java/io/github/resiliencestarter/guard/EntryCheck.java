package io.github.resiliencestarter.guard;

/**
 * Refuses what programs begin with nothing left of their caller's time, as the chain of a
 * method does. The deadline's feature offers a bean of this type.
 */
@FunctionalInterface
public interface EntryCheck {

	/** Lets everything pass. */
	EntryCheck NONE = (name) -> {
	};

	/**
	 * Throw if nothing is left of the calling thread's {@link TimeBudget}.
	 * @param name the name of what would be begun
	 */
	void enter(String name);

}
