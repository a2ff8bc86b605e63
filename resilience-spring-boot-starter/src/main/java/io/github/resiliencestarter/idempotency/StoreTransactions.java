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
 * The transactions of the store's {@code DataSource}, and who manages them.
 *
 * @param manager the one of several transaction managers whose transactions they are
 * @param beanFactory knows the names of managers
 */
record StoreTransactions(PlatformTransactionManager manager, ListableBeanFactory beanFactory) {

	static StoreTransactions find(ObjectProvider<PlatformTransactionManager> managers, IdempotencyStore store,
			ListableBeanFactory beanFactory) {
		PlatformTransactionManager only = managers.getIfUnique();
		return new StoreTransactions((only != null) ? only : ofStore(managers.stream().toList(), store), beanFactory);
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
