package io.github.resiliencestarter.jdbc;

/**
 * The database is none of {@link SqlDialect}: the application does not start.
 */
@SuppressWarnings("serial")
public class UnsupportedDatabaseException extends RuntimeException {

	public UnsupportedDatabaseException(String message) {
		super(message);
	}

}
