package io.github.resiliencestarter.idempotency;

import java.util.List;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionManager;
import org.springframework.transaction.support.ResourceTransactionManager;

import io.github.resiliencestarter.guard.InvalidGuardException;

/**
 * Finds the transaction manager of the store's {@code DataSource} among several.
 */
record StoreTransactionManager(PlatformTransactionManager manager, ListableBeanFactory beanFactory) {

	static StoreTransactionManager find(ObjectProvider<PlatformTransactionManager> managers, IdempotencyStore store,
			ListableBeanFactory beanFactory) {
		PlatformTransactionManager only = managers.getIfUnique();
		return new StoreTransactionManager((only != null) ? only : ofStore(managers.stream().toList(), store),
				beanFactory);
	}

	private static PlatformTransactionManager ofStore(List<PlatformTransactionManager> managers,
			IdempotencyStore store) {
		return managers.stream()
			.filter((manager) -> manager instanceof ResourceTransactionManager resource
					&& store.sharesTransactionsOf(resource.getResourceFactory()))
			.findFirst()
			.orElseThrow(() -> new InvalidGuardException(
					"There are " + managers.size() + " transaction managers, and none is known to be that of the "
							+ "DataSource that holds the idempotency table.",
					"Mark the right one with @Primary."));
	}

	/**
	 * Tell whether a qualifier names this manager.
	 * @param qualifier the text of {@code @Transactional}
	 * @return whether it does
	 */
	boolean isNamed(String qualifier) {
		try {
			return BeanFactoryAnnotationUtils.qualifiedBeanOfType(this.beanFactory, TransactionManager.class,
					qualifier) == this.manager;
		}
		catch (NoSuchBeanDefinitionException ex) {
			return false;
		}
	}

}
