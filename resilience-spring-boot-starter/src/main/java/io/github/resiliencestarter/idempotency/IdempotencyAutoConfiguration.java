package io.github.resiliencestarter.idempotency;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.AnnotationTransactionAttributeSource;
import org.springframework.transaction.interceptor.TransactionAttributeSource;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.idempotency.IdempotentMethods.Replies;

/**
 * {@code @Idempotent}. The engine is there when a store and a transaction manager are.
 */
@AutoConfiguration(afterName = { "io.github.resiliencestarter.idempotency.jdbc.JdbcIdempotencyAutoConfiguration",
		"io.github.resiliencestarter.web.IdempotencyWebAutoConfiguration",
		"org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration" })
@ConditionalOnBooleanProperty(name = "resilience.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "resilience.idempotency.enabled", matchIfMissing = true)
@EnableConfigurationProperties(IdempotencyProperties.class)
public final class IdempotencyAutoConfiguration {

	@Bean
	static IdempotencyGuardFactory idempotencyGuardFactory(ObjectProvider<IdempotentMethods> methods) {
		return new IdempotencyGuardFactory(methods);
	}

	@Bean
	IdempotentOperations idempotentOperations(IdempotencyProperties properties) {
		return new IdempotentOperations(properties);
	}

	/**
	 * Who is authenticated, where Spring Security can say it.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(SecurityContextHolder.class)
	static class SecurityConfiguration {

		@Bean
		@ConditionalOnMissingBean
		IdempotencyPrincipal idempotencyPrincipal() {
			return new SecurityPrincipal();
		}

	}

	/**
	 * What takes calls through.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(PlatformTransactionManager.class)
	@ConditionalOnBean({ IdempotencyStore.class, PlatformTransactionManager.class })
	static class EngineConfiguration {

		@Bean
		CallIdentity idempotencyCallIdentity(ObjectProvider<IdempotencyExchange> exchange,
				ObjectProvider<IdempotencyPrincipal> principal) {
			return new CallIdentity(exchange.getIfAvailable(NoExchange::new),
					principal.getIfAvailable(() -> () -> null));
		}

		@Bean
		Heartbeats idempotencyHeartbeats() {
			return new Heartbeats();
		}

		@Bean
		IdempotencyPurge idempotencyPurge(IdempotencyStore store, IdempotencyProperties properties) {
			return new IdempotencyPurge(store, properties.purgeInterval());
		}

		@Bean
		StoreTransactions idempotencyStoreTransactions(ObjectProvider<PlatformTransactionManager> managers,
				IdempotencyStore store, ListableBeanFactory beanFactory) {
			return StoreTransactions.find(managers, store, beanFactory);
		}

		@Bean
		CallTransactions idempotencyTransactions(StoreTransactions found) {
			return new CallTransactions(found.manager());
		}

		@Bean
		IdempotencyOverview idempotencyOverview(IdempotentOperations operations, IdempotencyStore store,
				CallTransactions transactions, IdempotentCalls calls, CallIdentity identity) {
			return new IdempotencyOperators(operations, store, new CallInquiry(store, transactions, calls), identity);
		}

		@Bean
		IdempotentCalls idempotentCalls(IdempotencyStore store, CallTransactions transactions, Heartbeats heartbeats,
				ObjectProvider<IdempotencyExchange> exchange, MonotonicClock clock) {
			EarlierReplies replies = new EarlierReplies(store);
			return new IdempotentCalls(new TransactionalCalls(store, transactions, replies, clock),
					new LeasedCalls(store, heartbeats, clock), replies, exchange.getIfAvailable(NoExchange::new),
					clock);
		}

		@Bean
		Replies idempotencyReplies(ObjectProvider<JsonMapper> mapper, ObjectProvider<ReplyEnvelope> envelopes,
				IdempotencyProperties properties) {
			ReplySeal seal = ReplySeal.of(properties.encryption().key(), properties.encryption().previousKeys());
			return new Replies(ReplyMapper.forReplies(json(mapper)), envelopes.orderedStream().toList(),
					new ReplyStorage(properties.maxReplySize().toBytes(), seal));
		}

		@Bean
		IdempotentMethods idempotentMethods(IdempotentOperations operations, IdempotentCalls calls,
				CallIdentity identity, ObjectProvider<TransactionAttributeSource> transactions,
				StoreTransactions storeTransactions, Replies replies, ObjectProvider<JsonMapper> mapper,
				IdempotencyProperties properties) {
			TransactionAttributeSource source = transactions
				.getIfAvailable(() -> new AnnotationTransactionAttributeSource(false));
			return new IdempotentMethods(operations, calls, identity,
					new CallTransactionAttributes(source, storeTransactions::isNamed), replies, json(mapper),
					properties.header());
		}

		@Bean
		@ConditionalOnMissingBean
		IdempotencyOperations idempotencyOperations(IdempotentOperations operations, IdempotentCalls calls,
				CallIdentity identity, Replies replies, ObjectProvider<JsonMapper> mapper) {
			return new IdempotentActions(operations, calls, identity, replies, json(mapper));
		}

		private static JsonMapper json(ObjectProvider<JsonMapper> mapper) {
			return mapper.getIfAvailable(() -> JsonMapper.builder().findAndAddModules().build());
		}

	}

	/**
	 * Code that no request surrounds.
	 */
	private static final class NoExchange implements IdempotencyExchange {

		@Override
		public @Nullable String keyHeader() {
			return null;
		}

		@Override
		public @Nullable String principal() {
			return null;
		}

		@Override
		public Supplier<ResponseHead> watch() {
			return () -> ResponseHead.NONE;
		}

		@Override
		public void replayed(ResponseHead said) {
			// nobody to tell
		}

	}

}
