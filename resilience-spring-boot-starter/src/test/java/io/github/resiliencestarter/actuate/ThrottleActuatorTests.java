package io.github.resiliencestarter.actuate;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.throttle.ThrottleAutoConfiguration;
import io.github.resiliencestarter.throttle.Throttled;
import io.github.resiliencestarter.throttle.Throttles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link ThrottleActuatorAutoConfiguration}: what operators see.
 */
class ThrottleActuatorTests {

	private static final AutoConfigurations THROTTLES = AutoConfigurations.of(GuardAutoConfiguration.class,
			ThrottleAutoConfiguration.class, ThrottleActuatorAutoConfiguration.class);

	@Test
	void operatorsSeeLimitsAndNumbersAndNothingThatIsNotLimited() {
		new WebApplicationContextRunner().withConfiguration(THROTTLES)
			.withConfiguration(
					AutoConfigurations.of(EndpointAutoConfiguration.class, WebEndpointAutoConfiguration.class,
							ManagementContextAutoConfiguration.class, JacksonAutoConfiguration.class,
							DispatcherServletAutoConfiguration.class, WebMvcAutoConfiguration.class))
			.withBean(Prices.class)
			.withPropertyValues("management.endpoints.web.exposure.include=*")
			.run((context) -> {
				call(context.getBean(Prices.class));
				assertThat(MockMvcTester.from(context).get().uri("/actuator/throttles")).hasStatusOk()
					.bodyJson()
					.isStrictlyEqualTo("""
							{"throttles":{
							"Prices.inFlight":{"concurrency":3,"inFlight":0,"permitted":1,"rejected":0},
							"Prices.keyed":{"rate":"1/h","burst":1,"permitted":2,"rejected":0,"keys":2},
							"Prices.rated":{"rate":"5/10m","burst":1,"permitted":1,"rejected":1}}}""");
			});
	}

	@Test
	void countersAreReadWhenAskedAlsoOfThrottlesThatComeLater() {
		new ApplicationContextRunner().withConfiguration(THROTTLES).run((context) -> {
			MeterRegistry registry = new SimpleMeterRegistry();
			context.getBean(ThrottleMetrics.class).bindTo(registry);
			Prices prices = context.getAutowireCapableBeanFactory().createBean(Prices.class);
			call(prices);
			assertThat(count(registry, "permitted")).isEqualTo(1);
			assertThat(count(registry, "rejected")).isEqualTo(1);
		});
	}

	@Test
	void withoutActuatorAndMicrometerThrottlesStillWork() {
		new ApplicationContextRunner().withConfiguration(THROTTLES)
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate", "io.micrometer"))
			.run((context) -> assertThat(context).hasSingleBean(Throttles.class)
				.doesNotHaveBean(ThrottlesEndpoint.class)
				.doesNotHaveBean("resilienceThrottleMetrics"));
	}

	private static double count(MeterRegistry registry, String outcome) {
		return registry.get("resilience.throttle.calls")
			.tag("name", "Prices.rated")
			.tag("outcome", outcome)
			.functionCounter()
			.count();
	}

	private static void call(Prices prices) {
		prices.inFlight();
		prices.keyed("a");
		prices.keyed("b");
		prices.rated();
		catchThrowable(prices::rated);
	}

	static class Prices {

		@Throttled(concurrency = "3")
		public void inFlight() {
		}

		@Throttled(rate = "1/h", key = "#key")
		public void keyed(String key) {
		}

		@Throttled(rate = "5/10m", burst = "1")
		public void rated() {
		}

	}

}
