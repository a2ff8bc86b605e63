package io.github.resiliencestarter.io;

import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * Looks at the HTTP clients among the application's beans, which
 * {@code RestClient.create} and {@code new RestTemplate()} make without any time-out.
 */
final class RestClientProbe implements IoProbe {

	private final ListableBeanFactory beans;

	RestClientProbe(ListableBeanFactory beans) {
		this.beans = beans;
	}

	@Override
	public Stream<IoClient> clients() {
		Map<String, RestClient> clients = this.beans.getBeansOfType(RestClient.class, false, false);
		Map<String, RestTemplate> templates = this.beans.getBeansOfType(RestTemplate.class, false, false);
		return Stream.concat(
				clients.entrySet()
					.stream()
					.flatMap((bean) -> client("RestClient '" + bean.getKey() + "'",
							RequestFactoryTimeouts.field(bean.getValue(), "clientRequestFactory"))),
				templates.entrySet()
					.stream()
					.flatMap((bean) -> client("RestTemplate '" + bean.getKey() + "'",
							bean.getValue().getRequestFactory())));
	}

	private static Stream<IoClient> client(String name, @Nullable Object requestFactory) {
		RequestFactoryTimeouts timeouts = RequestFactoryTimeouts.of(requestFactory);
		if (timeouts == null) {
			return Stream.empty();
		}
		return Stream.of(IoClient.of(name, Durations.print(timeouts.connect()), Durations.print(timeouts.read()), null,
				"the time-outs of its request factory, or make it with Spring Boot's RestClient.Builder or RestTemplateBuilder"));
	}

}
