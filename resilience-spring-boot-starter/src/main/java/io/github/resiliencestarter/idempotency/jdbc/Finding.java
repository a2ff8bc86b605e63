package io.github.resiliencestarter.idempotency.jdbc;

import java.util.Optional;

import io.github.resiliencestarter.idempotency.StoredCall;

/**
 * What a look for a call has found.
 */
sealed interface Finding {

	/**
	 * Return the call.
	 * @return the call, if there is one
	 */
	default Optional<StoredCall> call() {
		return (this instanceof Present present) ? Optional.of(present.found()) : Optional.empty();
	}

	/**
	 * The call.
	 *
	 * @param found what its row says
	 */
	record Present(StoredCall found) implements Finding {
	}

	/**
	 * No call.
	 */
	enum Absent implements Finding {

		/** No row that can be seen. */
		NOTHING,

		/** A row whose retention was over; it has been taken away. */
		FORGOTTEN

	}

}
