package io.github.resiliencestarter.io;

import java.util.stream.Stream;

import org.springframework.boot.http.client.HttpClientSettings;

/**
 * Looks at the settings that Spring Boot's builders of HTTP clients share.
 */
final class HttpClientProbe implements IoProbe {

	private final HttpClientSettings settings;

	HttpClientProbe(HttpClientSettings settings) {
		this.settings = settings;
	}

	@Override
	public Stream<IoClient> clients() {
		return Stream.of(IoClient.of("HTTP clients from Spring Boot's builders",
				Durations.print(this.settings.connectTimeout()), Durations.print(this.settings.readTimeout()), null,
				"spring.http.clients.connect-timeout and spring.http.clients.read-timeout"));
	}

}
