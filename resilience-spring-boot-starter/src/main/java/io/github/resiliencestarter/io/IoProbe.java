package io.github.resiliencestarter.io;

import java.util.stream.Stream;

/**
 * Finds the clients of one kind and tells whether they can wait for ever. Reads
 * configuration only: it opens no connection.
 */
@FunctionalInterface
interface IoProbe {

	/**
	 * Look at the clients.
	 * @return one finding for each
	 */
	Stream<IoClient> clients();

}
