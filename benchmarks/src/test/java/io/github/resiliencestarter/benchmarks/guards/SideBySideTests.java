package io.github.resiliencestarter.benchmarks.guards;

import java.util.List;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.test.json.JsonContent;
import org.springframework.web.client.RestClient;

import io.github.resiliencestarter.circuitbreaker.CircuitBreaker;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerOpenException;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakers;
import io.github.resiliencestarter.fallback.Fallback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * An application in the middle of its migration: Resilience4j's Boot starter and this one
 * in one context, with beans of both.
 */
@ExtendWith(OutputCaptureExtension.class)
class SideBySideTests {

	@Test
	void bothGuardTheirMethodsAndOursLeavesTheNamesToTheOther(CapturedOutput output) {
		try (ConfigurableApplicationContext context = start("management.health.circuitbreakers.enabled=true")) {
			Prices prices = context.getBean(Prices.class);
			for (int call = 0; call < 2; call++) {
				assertThatIllegalStateException().isThrownBy(prices::theirs);
				assertThatIllegalStateException().isThrownBy(prices::ours);
			}
			assertThatExceptionOfType(CallNotPermittedException.class).isThrownBy(prices::theirs);
			assertThatExceptionOfType(CircuitBreakerOpenException.class).isThrownBy(prices::ours);
			assertThat(context.getBean(CircuitBreakerRegistry.class).circuitBreaker("theirs").getState())
				.isEqualTo(io.github.resilience4j.circuitbreaker.CircuitBreaker.State.OPEN);
			assertThat(context.getBean(CircuitBreakers.class).snapshot("ours").state())
				.isEqualTo(CircuitBreakerSnapshot.State.OPEN);

			assertThat(get(context, "circuitbreakers")).extractingPath("$.circuitBreakers")
				.asMap()
				.containsOnlyKeys("theirs");
			assertThat(get(context, "health")).extractingPath("$.components.circuitBreakers.details")
				.asMap()
				.containsOnlyKeys("theirs");
			assertThat(get(context, "resilience")).extractingPath("$.methods[*].method")
				.asArray()
				.containsExactly("Prices.guardedByBoth", "Prices.ours");
			assertThat(get(context, "metrics")).extractingPath("$.names")
				.asArray()
				.contains("resilience4j.circuitbreaker.calls", "resilience.circuitbreaker.calls");
			assertThat(output).containsOnlyOnce("actuator endpoint 'circuitbreakers' steps aside")
				.containsOnlyOnce("health contributor 'circuitBreakers' steps aside");
		}
	}

	@Test
	void aMethodWithGuardsOfBothHasOursOutsideAndOurHealthIsThereWhereTheOtherHasNone(CapturedOutput output) {
		try (ConfigurableApplicationContext context = start()) {
			assertThat(get(context, "health")).extractingPath("$.components.circuitBreakers.details")
				.asMap()
				.containsKey("ours");
			assertThat(output).doesNotContain("health contributor 'circuitBreakers' steps aside");
			Prices prices = context.getBean(Prices.class);
			CircuitBreakerRegistry theirs = context.getBean(CircuitBreakerRegistry.class);
			assertThat(prices.guardedByBoth()).isEqualTo("live");
			assertThat(theirs.circuitBreaker("guardedByBoth").getMetrics().getNumberOfSuccessfulCalls()).isEqualTo(1);
			theirs.circuitBreaker("guardedByBoth").transitionToForcedOpenState();
			assertThat(prices.guardedByBoth()).isEqualTo("fallback for CallNotPermittedException");
		}
	}

	private static ConfigurableApplicationContext start(String... properties) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.SERVLET)
			.properties("benchmarks.library=io.github.resilience4j,io.github.resiliencestarter", "server.port=0",
					"spring.main.banner-mode=off", "management.endpoints.web.exposure.include=*",
					"management.endpoint.health.show-details=always", "logging.level.io.github.resiliencestarter=info",
					"resilience4j.circuitbreaker.instances.theirs.sliding-window-size=2",
					"resilience4j.circuitbreaker.instances.theirs.register-health-indicator=true")
			.properties(properties)
			.run();
	}

	private static JsonContent get(ConfigurableApplicationContext context, String endpoint) {
		String port = context.getEnvironment().getProperty("local.server.port");
		String body = RestClient.create("http://localhost:" + port)
			.get()
			.uri("/actuator/{endpoint}", endpoint)
			.accept(MediaType.APPLICATION_JSON)
			.retrieve()
			.onStatus((status) -> true, (request, response) -> {
			})
			.body(String.class);
		return new JsonContent(body);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Prices.class)
	static class Application {

	}

	static class Prices {

		@io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker(name = "theirs")
		public List<String> theirs() {
			throw new IllegalStateException("down");
		}

		@CircuitBreaker(name = "ours", minimumNumberOfCalls = "2")
		public List<String> ours() {
			throw new IllegalStateException("down");
		}

		@Fallback("answer")
		@io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker(name = "guardedByBoth")
		public String guardedByBoth() {
			return "live";
		}

		private String answer(Exception cause) {
			return "fallback for " + cause.getClass().getSimpleName();
		}

	}

}
