package io.github.resiliencestarter.actuate;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.context.WebApplicationContext;

import io.github.resiliencestarter.circuitbreaker.CircuitBreaker;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakerAutoConfiguration;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakers;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.VirtualClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link CircuitBreakerActuatorAutoConfiguration}: what operators see and do.
 */
@ExtendWith(OutputCaptureExtension.class)
class CircuitBreakerActuatorTests {

	private static final AutoConfigurations BREAKERS = AutoConfigurations.of(GuardAutoConfiguration.class,
			CircuitBreakerAutoConfiguration.class, CircuitBreakerActuatorAutoConfiguration.class);

	private final VirtualClock clock = new VirtualClock();

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(BREAKERS)
		.withBean(MonotonicClock.class, () -> this.clock)
		.withBean(Payments.class)
		.withPropertyValues("management.endpoints.web.exposure.include=*");

	private final WebApplicationContextRunner web = new WebApplicationContextRunner().withConfiguration(BREAKERS)
		.withConfiguration(AutoConfigurations.of(EndpointAutoConfiguration.class, WebEndpointAutoConfiguration.class,
				ManagementContextAutoConfiguration.class, JacksonAutoConfiguration.class,
				DispatcherServletAutoConfiguration.class, WebMvcAutoConfiguration.class))
		.withBean(MonotonicClock.class, () -> this.clock)
		.withBean(Payments.class)
		.withPropertyValues("management.endpoints.web.exposure.include=*");

	@Test
	void operatorsSeeAllBreakersOrOne() {
		this.web.run((context) -> {
			open(context.getBean(Payments.class));
			catchThrowable(() -> context.getBean(Payments.class).charge());
			String expected = """
					{"state":"OPEN","failureRate":100.0,"slowCallRate":0.0,"bufferedCalls":2,"failedCalls":2,
					"slowCalls":0,"notPermittedCalls":1}""";
			MockMvcTester mvc = mvc(context);
			assertThat(mvc.get().uri("/actuator/circuitbreakers")).hasStatusOk()
				.bodyJson()
				.isStrictlyEqualTo("{\"circuitBreakers\":{\"Payments.charge\":" + expected + "}}");
			assertThat(mvc.get().uri("/actuator/circuitbreakers/Payments.charge")).hasStatusOk()
				.bodyJson()
				.isStrictlyEqualTo(expected);
		});
	}

	@Test
	void operatorsForceAStateForAWhile() {
		this.web.run((context) -> {
			MockMvcTester mvc = mvc(context);
			assertThat(post(mvc, "Payments.charge", "{\"state\":\"FORCED_OPEN\",\"duration\":\"10m\"}")).hasStatusOk()
				.bodyJson()
				.extractingPath("$.state")
				.isEqualTo("FORCED_OPEN");
			this.clock.advance(Duration.ofMinutes(10));
			assertThat(mvc.get().uri("/actuator/circuitbreakers/Payments.charge")).bodyJson()
				.extractingPath("$.state")
				.isEqualTo("CLOSED");
			assertThat(post(mvc, "Payments.charge", "{\"state\":\"DISABLED\"}")).hasStatusOk();
			assertThat(post(mvc, "Payments.charge", "{\"state\":\"CLOSED\"}")).hasStatusOk()
				.bodyJson()
				.extractingPath("$.state")
				.isEqualTo("CLOSED");
		});
	}

	/** Resilience4j's endpoint makes a breaker for each name that it is asked for. */
	@Test
	void aMisspeltNameIsNotFoundAndMakesNoBreaker() {
		this.web.run((context) -> {
			MockMvcTester mvc = mvc(context);
			assertThat(mvc.get().uri("/actuator/circuitbreakers/Payments.chrge")).hasStatus(404);
			assertThat(post(mvc, "Payments.chrge", "{\"state\":\"CLOSED\"}")).hasStatus(404);
			assertThat(context.getBean(CircuitBreakers.class).names()).containsExactly("Payments.charge");
		});
	}

	@Test
	void whatCannotBeForcedIsABadRequest() {
		this.web.run((context) -> {
			MockMvcTester mvc = mvc(context);
			assertThat(post(mvc, "Payments.charge", "{\"state\":\"HALF_OPEN\"}")).hasStatus(400);
			assertThat(post(mvc, "Payments.charge", "{\"state\":\"AJAR\"}")).hasStatus(400);
			assertThat(post(mvc, "Payments.charge", "{}")).hasStatus(400);
			assertThat(post(mvc, "Payments.charge", "{\"state\":\"DISABLED\",\"duration\":\"soon\"}")).hasStatus(400);
			assertThat(post(mvc, "Payments.charge", "{\"state\":\"DISABLED\",\"duration\":\"-1s\"}")).hasStatus(400);
		});
		this.web.withPropertyValues("resilience.circuit-breaker.instances[Payments.charge].mode=off")
			.run((context) -> assertThat(post(mvc(context), "Payments.charge", "{\"state\":\"FORCED_OPEN\"}"))
				.hasStatus(400));
	}

	@Test
	void anOpenBreakerIsShownInHealthButTheApplicationStaysUp() {
		this.runner.run((context) -> {
			open(context.getBean(Payments.class));
			Health health = context.getBean("circuitBreakersHealthIndicator", HealthIndicator.class).health();
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).containsOnlyKeys("Payments.charge")
				.extractingByKey("Payments.charge")
				.hasFieldOrPropertyWithValue("failureRate", 100.0);
		});
	}

	@Test
	void anOpenBreakerThatAffectsHealthTurnsTheApplicationDownUntilTrialsArePermitted() {
		this.runner.withPropertyValues("resilience.circuit-breaker.instances[Payments.charge].affects-health=true")
			.run((context) -> {
				HealthIndicator indicator = context.getBean(CircuitBreakersHealthIndicator.class);
				assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
				open(context.getBean(Payments.class));
				assertThat(indicator.health().getStatus()).isEqualTo(Status.DOWN);
				this.clock.advance(Duration.ofSeconds(10));
				assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
			});
	}

	@Test
	void metersReadTheBreakersOwnCounters() {
		this.runner.run((context) -> {
			MeterRegistry registry = new SimpleMeterRegistry();
			context.getBean(CircuitBreakerMetrics.class).bindTo(registry);
			context.getBean(Payments.class).fine();
			open(context.getBean(Payments.class));
			catchThrowable(() -> context.getBean(Payments.class).charge());
			Map.of("success", 0.0, "failure", 2.0, "ignored", 0.0, "not_permitted", 1.0)
				.forEach((outcome,
						count) -> assertThat(registry.get("resilience.circuitbreaker.calls")
							.tags("name", "Payments.charge", "outcome", outcome)
							.functionCounter()
							.count()).isEqualTo(count));
			Map.of("open", 1.0, "closed", 0.0)
				.forEach((state,
						value) -> assertThat(registry.get("resilience.circuitbreaker.state")
							.tags("name", "Payments.charge", "state", state)
							.gauge()
							.value()).isEqualTo(value));
		});
	}

	@Test
	void theTagsAreTheSameInEveryLanguage() {
		Locale previous = Locale.getDefault();
		Locale.setDefault(Locale.forLanguageTag("tr"));
		try {
			this.runner.run((context) -> {
				MeterRegistry registry = new SimpleMeterRegistry();
				context.getBean(CircuitBreakerMetrics.class).bindTo(registry);
				assertThat(registry.get("resilience.circuitbreaker.state").gauges())
					.extracting((gauge) -> gauge.getId().getTag("state"))
					.contains("closed", "open", "half_open", "forced_open", "disabled");
			});
		}
		finally {
			Locale.setDefault(previous);
		}
	}

	@Test
	void whereResilience4jHasTheNamesOursStepAsideWithALineInTheLog(CapturedOutput output) {
		this.web.withBean("circuitBreakerEndpoint", OtherEndpoint.class)
			.withBean("circuitBreakersHealthIndicator", HealthIndicator.class, () -> () -> Health.unknown().build())
			.run((context) -> {
				assertThat(context).hasNotFailed()
					.doesNotHaveBean(CircuitBreakersEndpoint.class)
					.doesNotHaveBean(CircuitBreakersHealthIndicator.class);
				assertThat(output).containsOnlyOnce("endpoint 'circuitbreakers' steps aside")
					.containsOnlyOnce("health contributor 'circuitBreakers' steps aside");
				assertThat(mvc(context).get().uri("/actuator/circuitbreakers")).hasStatusOk()
					.hasBodyTextEqualTo("theirs");
			});
	}

	@Test
	void withoutActuatorAndMicrometerBreakersWorkAllTheSame() {
		new ApplicationContextRunner().withConfiguration(BREAKERS)
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate",
					"org.springframework.boot.health", "io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(CircuitBreakers.class));
	}

	@Test
	void whatIsSwitchedOffIsNotThere() {
		this.runner.withPropertyValues("resilience.circuit-breaker.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(CircuitBreakersEndpoint.class)
				.doesNotHaveBean(CircuitBreakersHealthIndicator.class)
				.doesNotHaveBean(CircuitBreakerMetrics.class));
		this.runner.withPropertyValues("management.health.circuitbreakers.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(CircuitBreakersHealthIndicator.class));
	}

	private static MockMvcTester mvc(WebApplicationContext context) {
		return MockMvcTester.from(context);
	}

	private static MockMvcTester.MockMvcRequestBuilder post(MockMvcTester mvc, String name, String body) {
		return mvc.post()
			.uri("/actuator/circuitbreakers/{name}", name)
			.contentType(MediaType.APPLICATION_JSON)
			.content(body);
	}

	private static void open(Payments payments) {
		for (int call = 0; call < 2; call++) {
			assertThat(catchThrowable(payments::charge)).isInstanceOf(IllegalStateException.class);
		}
	}

	static class Payments {

		@CircuitBreaker(minimumNumberOfCalls = "2")
		public void charge() {
			throw new IllegalStateException("declined");
		}

		public void fine() {
		}

	}

	@Endpoint(id = "circuitbreakers")
	static class OtherEndpoint {

		@ReadOperation
		public String theirs() {
			return "theirs";
		}

	}

}
