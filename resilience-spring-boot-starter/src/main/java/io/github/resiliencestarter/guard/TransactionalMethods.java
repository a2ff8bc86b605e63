package io.github.resiliencestarter.guard;

import java.lang.reflect.Method;
import java.util.function.BiPredicate;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.transaction.interceptor.TransactionAttributeSource;

/**
 * Knows which methods the application runs in a transaction. Loaded only where Spring's
 * transactions are there.
 */
final class TransactionalMethods implements BiPredicate<Method, Class<?>> {

	private final ObjectProvider<TransactionAttributeSource> attributes;

	TransactionalMethods(ObjectProvider<TransactionAttributeSource> attributes) {
		this.attributes = attributes;
	}

	@Override
	public boolean test(Method method, Class<?> type) {
		return this.attributes.orderedStream()
			.anyMatch((source) -> source.getTransactionAttribute(method, type) != null);
	}

}
