package io.github.resiliencestarter.io;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Limits for clients that would wait for ever. What the application sets itself always
 * wins.
 *
 * @param enabled whether clients without time-outs are given some
 * @param audit what happens at start-up when a client can still wait for ever
 * @param connectTimeout how long opening a connection may take: HTTP, mail, and the
 * log-in to a database
 * @param readTimeout how long HTTP and mail servers may be silent
 * @param databaseReadTimeout how long a database may be silent, which is the longest time
 * that a statement can take
 */
@ConfigurationProperties("resilience.io")
public record IoProperties(@DefaultValue("true") boolean enabled, @DefaultValue("warn") Audit audit,
		@DefaultValue("5s") Duration connectTimeout, @DefaultValue("10s") Duration readTimeout,
		@DefaultValue("60s") Duration databaseReadTimeout) {

	/**
	 * What to do about clients that can wait for ever.
	 */
	public enum Audit {

		/** Nothing. */
		OFF,

		/** Log each with its remedy. */
		WARN,

		/** Do not start. */
		FAIL

	}

}
