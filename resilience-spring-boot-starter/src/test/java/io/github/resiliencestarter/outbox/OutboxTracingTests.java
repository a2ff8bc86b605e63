package io.github.resiliencestarter.outbox;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.jdbc.ResilienceJdbcAutoConfiguration;
import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.outbox.jdbc.JdbcOutboxAutoConfiguration;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The publisher's trace in the handler, with a real tracer.
 */
class OutboxTracingTests {

	@Test
	void theHandlerRunsInTheTraceOfItsPublisher() throws Exception {
		try (OutboxApplication app = start(Traced.class)) {
			Tracer tracer = app.bean(Tracer.class);
			Span request = tracer.nextSpan().name("request").start();
			Tracer.SpanInScope scope = tracer.withSpan(request);
			app.inTransaction(() -> app.outbox().publish(new Letter("traced")));
			scope.close();
			request.end();
			Received received = app.bean(Letters.class).next();
			assertThat(received.traceId()).isEqualTo(request.context().traceId());
			assertThat(received.message().headers().get("traceparent"))
				.startsWith("00-" + request.context().traceId() + "-");
		}
	}

	@Test
	void anAttemptAfterAFailureRunsInTheSameTrace() throws Exception {
		try (OutboxApplication app = start(Traced.class)) {
			app.inTransaction(() -> app.outbox().publish(new Letter("fails once")));
			Received first = app.bean(Letters.class).next();
			Received second = app.bean(Letters.class).next();
			assertThat(second.message().attempt()).isEqualTo(2);
			assertThat(second.traceId()).isNotNull().isEqualTo(first.traceId());
		}
	}

	@Test
	void aTraceThatTheApplicationNamesItselfIsTheOneThatIsContinued() throws Exception {
		String traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
		try (OutboxApplication app = start(Traced.class)) {
			app.inTransaction(() -> app.outbox()
				.message(new Letter("given"))
				.header("traceparent", traceparent)
				.header("tenant", "acme")
				.publish());
			Received received = app.bean(Letters.class).next();
			assertThat(received.traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
			assertThat(received.message().headers()).containsEntry("traceparent", traceparent)
				.containsEntry("tenant", "acme");
		}
	}

	@Test
	void whatIsPublishedAndDeliveredIsObserved() throws Exception {
		try (OutboxApplication app = start(Traced.class)) {
			app.inTransaction(() -> app.outbox().publish(new Letter("observed")));
			app.bean(Letters.class).next();
			assertThat(app.bean(Observations.class).begun).contains("resilience.outbox.publish",
					"resilience.outbox.process");
		}
	}

	@Test
	void observationsThatAreSwitchedOffAreNotMadeAndLeaveNoTrace() throws Exception {
		try (OutboxApplication app = start(Traced.class, "management.observations.enable.resilience.outbox=false")) {
			app.inTransaction(() -> app.outbox().message(new Letter("unseen")).header("tenant", "acme").publish());
			Received received = app.bean(Letters.class).next();
			assertThat(received.traceId()).isNull();
			assertThat(received.message().headers()).isEqualTo(Map.of("tenant", "acme"));
			assertThat(app.bean(Observations.class).begun).isEmpty();
		}
	}

	@Test
	void withoutATracerHeadersAreTheApplicationsOnly() throws Exception {
		try (OutboxApplication app = start(Observed.class)) {
			app.inTransaction(() -> app.outbox().message(new Letter("plain")).header("tenant", "acme").publish());
			assertThat(app.bean(Letters.class).next().message().headers()).isEqualTo(Map.of("tenant", "acme"));
		}
	}

	@Test
	void withoutATracerOrObservationsTheOutboxWorksAndObservesNothing() {
		ApplicationContextRunner runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, JacksonAutoConfiguration.class,
					DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
					ResilienceJdbcAutoConfiguration.class, JdbcOutboxAutoConfiguration.class,
					OutboxAutoConfiguration.class, OutboxTracingAutoConfiguration.class))
			.withPropertyValues("spring.datasource.generate-unique-name=true");
		runner.run((context) -> assertThat(context).hasSingleBean(Outbox.class).doesNotHaveBean(MessageTracing.class));
		runner.withClassLoader(new FilteredClassLoader(ObservationRegistry.class))
			.run((context) -> assertThat(context).hasSingleBean(Outbox.class)
				.doesNotHaveBean(OutboxTracingAutoConfiguration.class));
		ApplicationContextRunner observed = runner.withBean(ObservationRegistry.class, ObservationRegistry::create);
		observed
			.run((context) -> assertThat(context).hasSingleBean(Outbox.class).doesNotHaveBean(MessageTracing.class));
		observed.withBean(Tracer.class, () -> Tracer.NOOP)
			.run((context) -> assertThat(context).hasSingleBean(MessageTracing.class));
	}

	private static OutboxApplication start(Class<?> beans, String... properties) {
		return OutboxApplication.start(TestDatabase.H2, TestDatabase.H2.createDatabase(), beans,
				StringUtils.addStringToArray(properties, "management.tracing.sampling.probability=1.0"));
	}

	record Letter(String text) {

	}

	record Received(@Nullable String traceId, OutboxMessage message) {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Observed.class)
	@ImportAutoConfiguration({ OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
			MicrometerTracingAutoConfiguration.class })
	static class Traced {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ObservationAutoConfiguration.class, OutboxTracingAutoConfiguration.class })
	static class Observed {

		@Bean
		Letters letters(ObjectProvider<Tracer> tracer) {
			return new Letters(tracer);
		}

		@Bean
		Observations observations() {
			return new Observations();
		}

	}

	static class Observations implements ObservationHandler<Observation.Context> {

		final Set<String> begun = ConcurrentHashMap.newKeySet();

		@Override
		public void onStart(Observation.Context context) {
			this.begun.add(context.getName());
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context.getName().startsWith("resilience.outbox");
		}

	}

	static class Letters {

		private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();

		private final ObjectProvider<Tracer> tracer;

		Letters(ObjectProvider<Tracer> tracer) {
			this.tracer = tracer;
		}

		@OutboxHandler("letters")
		void on(Letter letter, OutboxMessage message) {
			Tracer present = this.tracer.getIfAvailable();
			Span span = (present != null) ? present.currentSpan() : null;
			this.received.add(new Received((span != null) ? span.context().traceId() : null, message));
			if (letter.text().equals("fails once") && message.attempt() == 1) {
				throw new IllegalStateException("not yet");
			}
		}

		Received next() throws InterruptedException {
			return Objects.requireNonNull(this.received.poll(1, TimeUnit.MINUTES), "a delivery");
		}

	}

}
