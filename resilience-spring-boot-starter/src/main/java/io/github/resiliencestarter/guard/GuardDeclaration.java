package io.github.resiliencestarter.guard;

/**
 * Who asks for a guard: a method by its annotation, or the properties by a name in a
 * list.
 */
@FunctionalInterface
public interface GuardDeclaration {

	/**
	 * Return the exception that stops the start-up because of this declaration.
	 * @param problem what is wrong, as a clause that follows the name of who asks
	 * @param remedy what to do about it, as a sentence
	 * @return the exception
	 */
	InvalidGuardException invalid(String problem, String remedy);

	/**
	 * The declaration of a guard that only programs use.
	 * @param name the guard's name
	 * @param list the property that lists it
	 * @return the declaration
	 */
	static GuardDeclaration inProperties(String name, String list) {
		return (problem, remedy) -> new InvalidGuardException("'" + name + "' in " + list + " " + problem + ".",
				remedy);
	}

}
