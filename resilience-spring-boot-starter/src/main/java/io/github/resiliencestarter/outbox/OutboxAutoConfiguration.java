package io.github.resiliencestarter.outbox;

import io.github.resiliencestarter.guard.MonotonicClock;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.util.function.SingletonSupplier;

/**
 * Publishes messages with the transaction, and delivers them.
 */
@AutoConfiguration(afterName = { "io.github.resiliencestarter.outbox.jdbc.JdbcOutboxAutoConfiguration",
		"org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration" })
@ConditionalOnBooleanProperty(name = { "resilience.enabled", "resilience.outbox.enabled" }, matchIfMissing = true)
@ConditionalOnBean({ OutboxStore.class, JsonMapper.class })
@EnableConfigurationProperties(OutboxProperties.class)
public final class OutboxAutoConfiguration {

	@Bean
	HandlerRegistry outboxHandlers(ConfigurableListableBeanFactory beanFactory, OutboxProperties properties,
			JsonMapper json) {
		HandlerDiscovery discovery = new HandlerDiscovery(beanFactory, properties, json);
		return new HandlerRegistry(discovery::discover, properties.handlers().keySet());
	}

	@Bean
	@ConditionalOnMissingBean
	Outbox outbox(ObjectProvider<Publisher> publisher, HandlerRegistry handlers, OutboxProperties properties,
			JsonMapper json, ObjectProvider<MessageTracing> tracing) {
		return new TransactionalOutbox(SingletonSupplier.of(publisher::getObject),
				new Routes(handlers, properties, json), json, tracing.getIfAvailable(() -> MessageTracing.NONE));
	}

	@Bean
	Publisher outboxPublisher(OutboxStore store, CaptureTable captureTable, OutboxRelay relay, MonotonicClock clock) {
		return new Publisher(store, captureTable, relay.dispatcher(), relay.shards(), relay::announce, clock);
	}

	@Bean
	OutboxRelay outboxRelay(OutboxStore store, HandlerRegistry handlers, JsonMapper json,
			ObjectProvider<MessageTracing> tracing, MonotonicClock clock, OutboxProperties properties) {
		Attempt attempt = new Attempt(json, tracing.getIfAvailable(() -> MessageTracing.NONE));
		return new OutboxRelay(store, handlers::all, attempt, clock, properties.relay());
	}

	@Bean
	OutboxOperations outboxOperations(OutboxStore store, HandlerRegistry handlers, OutboxRelay relay) {
		return new StoreOperations(store, handlers, relay);
	}

}
