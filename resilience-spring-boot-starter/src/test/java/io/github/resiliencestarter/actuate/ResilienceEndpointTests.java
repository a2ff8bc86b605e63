package io.github.resiliencestarter.actuate;

import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.github.resiliencestarter.actuate.ResilienceEndpoint.MethodDescriptor;
import io.github.resiliencestarter.circuitbreaker.CircuitBreaker;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerAutoConfiguration;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.io.IoAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ResilienceEndpoint}.
 */
class ResilienceEndpointTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, CircuitBreakerAutoConfiguration.class,
				IoAutoConfiguration.class, EndpointAutoConfiguration.class, ResilienceActuatorAutoConfiguration.class))
		.withBean(Shop.class)
		.withPropertyValues("management.endpoints.web.exposure.include=*");

	@Test
	void showsWhatACallGoesThrough() {
		this.runner.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(ResilienceEndpoint.class).resilience().methods())
				.containsExactly(new MethodDescriptor("Shop.buy", List.of("circuit-breaker")));
		});
	}

	@Test
	void isAbsentWhereItIsNotExposed() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=health")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ResilienceEndpoint.class));
	}

	@Test
	void isAbsentWithoutActuator() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate.endpoint"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ResilienceEndpoint.class));
	}

	public static class Shop {

		@CircuitBreaker
		public void buy() {
		}

	}

}
