package io.github.resiliencestarter.outbox;

/**
 * A message was published outside a transaction of the outbox's own {@code DataSource},
 * or in a read-only one: it could not share the transaction's fate.
 */
@SuppressWarnings("serial")
public class NoTransactionException extends RuntimeException {

	public NoTransactionException(String message) {
		super(message);
	}

}
