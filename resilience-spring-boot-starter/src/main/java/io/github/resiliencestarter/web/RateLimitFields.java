package io.github.resiliencestarter.web;

import java.time.Duration;
import java.util.Optional;

import org.springframework.http.HttpHeaders;

import io.github.resiliencestarter.throttle.ThrottledException;

/**
 * The {@code RateLimit} and {@code RateLimit-Policy} header fields of
 * draft-ietf-httpapi-ratelimit-headers-10. A throttle without a rate has nothing to say
 * in them.
 */
final class RateLimitFields {

	private RateLimitFields() {
	}

	static void add(ThrottledException ex, HttpHeaders headers) {
		if (ex.quota().isPresent()) {
			String name = quoted(ex.guardName());
			headers.set("RateLimit", name + ";r=" + ex.remaining().orElse(0) + ";t=" + seconds(ex.reset()));
			headers.set("RateLimit-Policy", name + ";q=" + ex.quota().getAsLong() + ";w=" + seconds(ex.window()));
		}
	}

	private static long seconds(Optional<Duration> duration) {
		return WholeSeconds.of(duration.orElse(Duration.ZERO));
	}

	/**
	 * Write a String of RFC 9651, which knows visible ASCII and spaces only.
	 */
	private static String quoted(String text) {
		return '"' + text.replaceAll("[^\\x20-\\x7e]", "?").replaceAll("([\"\\\\])", "\\\\$1") + '"';
	}

}
