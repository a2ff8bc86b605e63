package io.github.resiliencestarter.idempotency;

import io.github.resiliencestarter.jdbc.TestDatabase;

/**
 * Two instances of an application on one database.
 */
record Pair(Instance one, Instance other) implements AutoCloseable {

	static Pair start(TestDatabase server) {
		String url = server.createDatabase();
		return new Pair(Instance.start(server, url), Instance.start(server, url));
	}

	@Override
	public void close() {
		this.one.close();
		this.other.close();
	}

}
