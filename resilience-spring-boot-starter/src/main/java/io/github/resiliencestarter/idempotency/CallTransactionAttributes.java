package io.github.resiliencestarter.idempotency;

import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.interceptor.DefaultTransactionAttribute;
import org.springframework.transaction.interceptor.DelegatingTransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttributeSource;

import io.github.resiliencestarter.guard.GuardedMethod;
import io.github.resiliencestarter.idempotency.Idempotent.Mode;

/**
 * Reads how the method wants its transaction, and refuses what would take the effect out
 * of the transaction that holds the key.
 */
final class CallTransactionAttributes {

	/** A method that says nothing about transactions commits only when it returns. */
	static final TransactionAttribute DEFAULT = new RollbackAlways();

	private final TransactionAttributeSource source;

	private final Predicate<String> ours;

	/**
	 * Create a reader.
	 * @param source what the application says about transactions
	 * @param ours tells whether a qualifier names the manager of the store's transactions
	 */
	CallTransactionAttributes(TransactionAttributeSource source, Predicate<String> ours) {
		this.source = source;
		this.ours = ours;
	}

	TransactionAttribute of(GuardedMethod method, Mode mode) {
		TransactionAttribute declared = this.source.getTransactionAttribute(method.method(), method.beanType());
		if (declared == null) {
			return DEFAULT;
		}
		if (mode == Mode.LEASED) {
			return declared;
		}
		String misfit = misfit(declared);
		if (misfit != null) {
			throw method.invalid(
					"is @Idempotent and its @Transactional is " + misfit
							+ ", so key and effect could not commit together",
					"Take that from @Transactional, or use @Idempotent(mode = LEASED).");
		}
		return (declared.getPropagationBehavior() == TransactionDefinition.PROPAGATION_SUPPORTS)
				? new Required(declared) : declared;
	}

	private @Nullable String misfit(TransactionAttribute declared) {
		String qualifier = declared.getQualifier();
		if (qualifier != null && !qualifier.isEmpty() && !this.ours.test(qualifier)) {
			return "of the transaction manager '" + qualifier + "', which is not that of the idempotency table";
		}
		if (declared.isReadOnly()) {
			return "read-only";
		}
		return switch (declared.getPropagationBehavior()) {
			case TransactionDefinition.PROPAGATION_REQUIRES_NEW -> "REQUIRES_NEW";
			case TransactionDefinition.PROPAGATION_NOT_SUPPORTED -> "NOT_SUPPORTED";
			case TransactionDefinition.PROPAGATION_NEVER -> "NEVER";
			default -> null;
		};
	}

	/**
	 * Rolls back on everything.
	 */
	@SuppressWarnings("serial")
	private static final class RollbackAlways extends DefaultTransactionAttribute {

		@Override
		public boolean rollbackOn(Throwable ex) {
			return true;
		}

	}

	/**
	 * A transaction there must be.
	 */
	@SuppressWarnings("serial")
	private static final class Required extends DelegatingTransactionAttribute {

		Required(TransactionAttribute declared) {
			super(declared);
		}

		@Override
		public int getPropagationBehavior() {
			return TransactionDefinition.PROPAGATION_REQUIRED;
		}

	}

}
