package io.github.resiliencestarter.benchmarks.idempotency;

import io.github.resiliencestarter.benchmarks.idempotency.Orders.Request;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.integration.jdbc.metadata.JdbcMetadataStore;
import org.springframework.integration.selector.MetadataStoreSelector;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Spring Integration's idempotent receiver on its JDBC metadata store, within the
 * caller's transaction. It tells duplicates and keeps no reply.
 */
class SpringIntegration extends IdempotencyLibrary {

	SpringIntegration() {
		super("org.springframework.boot", Application.class);
	}

	@Override
	void place(String key, Request request) {
		bean(TransactionTemplate.class).executeWithoutResult((status) -> {
			if (bean(MetadataStoreSelector.class)
				.accept(MessageBuilder.withPayload(request).setHeader("key", key).build())) {
				bean(Orders.class).place(request);
			}
		});
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Base.class)
	static class Application {

		@Bean
		JdbcMetadataStore metadataStore(JdbcTemplate jdbc) {
			jdbc.execute("""
					CREATE TABLE IF NOT EXISTS int_metadata_store (
						metadata_key varchar(255) NOT NULL,
						metadata_value varchar(4000),
						region varchar(100) NOT NULL,
						PRIMARY KEY (metadata_key, region)
					)""");
			return new JdbcMetadataStore(jdbc);
		}

		@Bean
		MetadataStoreSelector selector(JdbcMetadataStore store) {
			return new MetadataStoreSelector((message) -> (String) message.getHeaders().get("key"), store);
		}

	}

}
