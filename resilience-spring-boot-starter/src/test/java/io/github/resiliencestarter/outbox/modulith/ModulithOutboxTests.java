package io.github.resiliencestarter.outbox.modulith;

import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.jdbc.ResilienceJdbcAutoConfiguration;
import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.outbox.NoTransactionException;
import io.github.resiliencestarter.outbox.OutboxAutoConfiguration;
import io.github.resiliencestarter.outbox.OutboxOperations;
import io.github.resiliencestarter.outbox.jdbc.JdbcOutboxAutoConfiguration;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.modulith.events.Externalized;
import org.springframework.modulith.events.RoutingTarget;
import org.springframework.modulith.events.config.EventExternalizationAutoConfiguration;
import org.springframework.modulith.events.support.EventExternalizationTransport;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * The outbox as Spring Modulith's externalization provider.
 */
class ModulithOutboxTests {

	private final ApplicationContextRunner withoutTransport = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, JacksonAutoConfiguration.class,
				DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
				TransactionAutoConfiguration.class, ResilienceJdbcAutoConfiguration.class,
				JdbcOutboxAutoConfiguration.class, OutboxAutoConfiguration.class,
				EventExternalizationAutoConfiguration.class, ModulithOutboxAutoConfiguration.class))
		.withUserConfiguration(Application.class)
		.withPropertyValues("spring.modulith.events.externalization.mode=outbox",
				"spring.datasource.generate-unique-name=true", "resilience.outbox.poll-interval=50ms",
				"resilience.outbox.lease=1h", "resilience.outbox.defaults.initial-backoff=1ms",
				"resilience.jdbc.initialize-schema=always");

	private final ApplicationContextRunner runner = this.withoutTransport.withBean(Broker.class);

	@Test
	void anExternalizedEventLeavesWithItsTransactionAndItsRouting() {
		this.runner
			.withPropertyValues("spring.datasource.url=" + TestDatabase.POSTGRESQL.createDatabase(),
					"spring.datasource.username=" + TestDatabase.POSTGRESQL.username(),
					"spring.datasource.password=" + TestDatabase.POSTGRESQL.password())
			.run((context) -> {
				TransactionTemplate transaction = transaction(context);
				transaction.executeWithoutResult((status) -> {
					context.publishEvent(new OrderPlaced("lost", "lamp-3", 1));
					status.setRollbackOnly();
				});
				transaction.executeWithoutResult((status) -> {
					context.publishEvent(new Internal("not externalized"));
					context.publishEvent(new OrderPlaced("o-1", "book-42", 2));
				});
				Broker broker = context.getBean(Broker.class);
				Sent sent = broker.next();
				assertThat(sent.event()).isEqualTo(new OrderPlaced("o-1", "book-42", 2));
				assertThat(sent.target().getTarget()).isEqualTo("orders");
				await().untilAsserted(() -> assertThat(context.getBean(OutboxOperations.class).figures().pending()
						+ context.getBean(OutboxOperations.class).figures().scheduled())
					.isZero());
				assertThat(broker.sent).isEmpty();
			});
	}

	@Test
	void theRoutingKeyIsTheOrderingKeySoAFailureHoldsBackItsSuccessors() {
		this.runner.run((context) -> {
			Broker broker = context.getBean(Broker.class);
			broker.failures.set(2);
			transaction(context).executeWithoutResult((status) -> {
				context.publishEvent(new OrderPlaced("o-1", "book-42", 1));
				context.publishEvent(new OrderPlaced("o-1", "book-42", 2));
				context.publishEvent(new OrderPlaced("o-1", "book-42", 3));
			});
			for (int quantity = 1; quantity <= 3; quantity++) {
				assertThat(broker.next().event()).isEqualTo(new OrderPlaced("o-1", "book-42", quantity));
			}
			assertThat(broker.failures).hasNegativeValue();
		});
	}

	@Test
	void outsideATransactionThePublisherIsTold() {
		this.runner.run((context) -> {
			context.publishEvent(new Internal("nobody's business"));
			assertThatExceptionOfType(NoTransactionException.class)
				.isThrownBy(() -> context.publishEvent(new OrderPlaced("o-1", "book-42", 1)));
		});
	}

	@Test
	void withoutATransportTheStartUpFails() {
		this.withoutTransport.run((context) -> assertThat(context).getFailure()
			.rootCause()
			.hasMessageContaining("needs exactly one EventExternalizationTransport, and there are 0"));
	}

	@Test
	void inAnyOtherModeOrWithoutModulithTheOutboxDoesNothingAboutEvents() {
		this.runner.withPropertyValues("spring.modulith.events.externalization.mode=module-listener")
			.run((context) -> assertThat(context).doesNotHaveBean(ExternalizedEventRecorder.class));
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, JacksonAutoConfiguration.class,
					DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
					ResilienceJdbcAutoConfiguration.class, JdbcOutboxAutoConfiguration.class,
					OutboxAutoConfiguration.class, ModulithOutboxAutoConfiguration.class))
			.withPropertyValues("spring.modulith.events.externalization.mode=outbox",
					"spring.datasource.generate-unique-name=true")
			.withClassLoader(new FilteredClassLoader("org.springframework.modulith"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ModulithOutboxAutoConfiguration.class));
	}

	private static TransactionTemplate transaction(ApplicationContext context) {
		return new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
	}

	@Externalized("orders::#{#this.orderId()}")
	record OrderPlaced(String orderId, String sku, int quantity) {

	}

	record Internal(String text) {

	}

	record Sent(Object event, RoutingTarget target) {

	}

	@Configuration(proxyBeanMethods = false)
	@AutoConfigurationPackage
	static class Application {

	}

	static class Broker implements EventExternalizationTransport {

		final BlockingQueue<Sent> sent = new LinkedBlockingQueue<>();

		final AtomicInteger failures = new AtomicInteger();

		@Override
		public CompletableFuture<?> externalize(Object payload, RoutingTarget target) {
			if (this.failures.getAndDecrement() > 0) {
				return CompletableFuture.failedFuture(new IllegalStateException("broker away"));
			}
			this.sent.add(new Sent(payload, target));
			return CompletableFuture.completedFuture("ok");
		}

		Sent next() throws InterruptedException {
			return Objects.requireNonNull(this.sent.poll(1, TimeUnit.MINUTES), "a delivery");
		}

	}

}
