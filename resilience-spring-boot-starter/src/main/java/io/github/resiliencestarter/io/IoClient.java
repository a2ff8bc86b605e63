package io.github.resiliencestarter.io;

import org.jspecify.annotations.Nullable;

/**
 * What the audit found out about one client. Immutable.
 *
 * @param client the bean, and what it talks to
 * @param connectTimeout how long it tries to connect, or {@code null} for ever
 * @param readTimeout how long it bears silence, or {@code null} for ever
 * @param keepAlive how idle connections are kept alive, or {@code null} if they are not
 * @param verdict whether every wait ends
 * @param remedy what to set where not, otherwise {@code null}
 */
public record IoClient(String client, @Nullable String connectTimeout, @Nullable String readTimeout,
		@Nullable String keepAlive, Verdict verdict, @Nullable String remedy) {

	static IoClient of(String client, @Nullable String connectTimeout, @Nullable String readTimeout,
			@Nullable String keepAlive, String remedy) {
		boolean bounded = connectTimeout != null && readTimeout != null;
		return new IoClient(client, connectTimeout, readTimeout, keepAlive,
				bounded ? Verdict.BOUNDED : Verdict.UNBOUNDED, bounded ? null : remedy);
	}

	/**
	 * Whether every wait of a client ends.
	 */
	public enum Verdict {

		/** Every wait ends. */
		BOUNDED,

		/** A silent peer holds the calling thread for ever. */
		UNBOUNDED

	}

}
