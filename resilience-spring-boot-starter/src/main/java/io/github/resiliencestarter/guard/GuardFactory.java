package io.github.resiliencestarter.guard;

/**
 * What a feature contributes to the chains: a bean that recognises its annotation and
 * makes the guard for one place of the {@link GuardOrder}.
 * <p>
 * Factories are created while the first beans of the application are: they take only
 * properties and {@code ObjectProvider}s, and look up anything heavier in
 * {@link #create}.
 */
public interface GuardFactory {

	/**
	 * Return the place of this factory's guards.
	 * @return the place
	 */
	GuardOrder order();

	/**
	 * Tell whether the method asks for this guard. Called for every method of every bean:
	 * only looks for the annotation, and never fails.
	 * @param method the method
	 * @return whether {@link #create} is to be called
	 */
	boolean guards(GuardedMethod method);

	/**
	 * Make the guard of a method. Called once for a method of a class, and the only time
	 * at which annotations, properties and expressions are read.
	 * @param method the method
	 * @param next the rest of the chain
	 * @return the guard, or {@code next} if this guard is switched off for the method
	 * @throws InvalidGuardException if the annotation or a property is wrong
	 */
	Guard create(GuardedMethod method, Guard next);

	/**
	 * Tell whether this factory's guard opens the transaction in which the method runs.
	 * @param method the method
	 * @return whether it does
	 */
	default boolean opensTransaction(GuardedMethod method) {
		return false;
	}

	/**
	 * Tell whether the guard that was made for a method is listed at its place.
	 * @param method the method
	 * @return {@code false} if the guard only completes another one of the same method
	 */
	default boolean lists(GuardedMethod method) {
		return true;
	}

}
