package io.github.resiliencestarter.io;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The JDBC drivers' own names and units for the same two time-outs. Without the second,
 * none of them notices that a database has gone: neither a query time-out nor TCP
 * keep-alive ends the wait for an answer that never comes.
 */
enum JdbcDriver {

	POSTGRESQL("jdbc:postgresql:", "loginTimeout", "socketTimeout", Duration.ofSeconds(1)),

	MARIADB("jdbc:mariadb:", "connectTimeout", "socketTimeout", Duration.ofMillis(1)),

	MYSQL("jdbc:mysql:", "connectTimeout", "socketTimeout", Duration.ofMillis(1));

	static final String TCP_KEEP_ALIVE = "tcpKeepAlive";

	private final String urlPrefix;

	private final String connectTimeout;

	private final String readTimeout;

	private final Duration unit;

	JdbcDriver(String urlPrefix, String connectTimeout, String readTimeout, Duration unit) {
		this.urlPrefix = urlPrefix;
		this.connectTimeout = connectTimeout;
		this.readTimeout = readTimeout;
		this.unit = unit;
	}

	static Optional<JdbcDriver> of(@Nullable String url) {
		return Arrays.stream(values()).filter((driver) -> url != null && url.startsWith(driver.urlPrefix)).findFirst();
	}

	String connectTimeout() {
		return this.connectTimeout;
	}

	String readTimeout() {
		return this.readTimeout;
	}

	/**
	 * Write a duration in the driver's unit, rounded up so that it never becomes the 0
	 * that stands for ever.
	 */
	String format(Duration duration) {
		return Long.toString(duration.plus(this.unit).minusNanos(1).dividedBy(this.unit));
	}

	/**
	 * Read a duration as the driver does.
	 * @return the duration, or {@code null} if it is not set
	 */
	@Nullable Duration timeout(String name, String url, Properties properties) {
		String value = value(name, url, properties);
		return (value != null && value.matches("\\d{1,9}")) ? this.unit.multipliedBy(Long.parseLong(value)) : null;
	}

	/**
	 * Read a driver's property from where users write it.
	 * @return the value, or {@code null} if it is not set
	 */
	static @Nullable String value(String name, String url, Properties properties) {
		Matcher inUrl = Pattern.compile("[?&;]" + name + "=([^&;#]*)", Pattern.CASE_INSENSITIVE).matcher(url);
		Object value = inUrl.find() ? inUrl.group(1) : properties.get(name);
		return (value != null) ? value.toString() : null;
	}

}
