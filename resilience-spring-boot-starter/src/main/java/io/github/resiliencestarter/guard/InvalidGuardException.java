package io.github.resiliencestarter.guard;

/**
 * A guard is declared or configured wrongly: the application does not start. Becomes a
 * failure analysis with the description and the remedy.
 */
@SuppressWarnings("serial")
public class InvalidGuardException extends RuntimeException {

	private final String description;

	private final String remedy;

	/**
	 * Create the exception.
	 * @param description what is wrong: class, method, attribute and value
	 * @param remedy what to do about it
	 */
	public InvalidGuardException(String description, String remedy) {
		super(description + " " + remedy);
		this.description = description;
		this.remedy = remedy;
	}

	public String description() {
		return this.description;
	}

	public String remedy() {
		return this.remedy;
	}

}
