package io.github.resiliencestarter.idempotency;

import org.springframework.beans.factory.ObjectProvider;

import io.github.resiliencestarter.guard.DeclaredGuard;
import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.GuardFactory;
import io.github.resiliencestarter.guard.GuardOrder;
import io.github.resiliencestarter.guard.GuardedMethod;

/**
 * Finds {@link Idempotent} methods. Where they cannot be protected, the application does
 * not start: a method that says it is idempotent never runs unprotected.
 */
final class IdempotencyGuardFactory implements GuardFactory {

	private final ObjectProvider<IdempotentMethods> methods;

	IdempotencyGuardFactory(ObjectProvider<IdempotentMethods> methods) {
		this.methods = methods;
	}

	@Override
	public GuardOrder order() {
		return GuardOrder.IDEMPOTENCY;
	}

	@Override
	public boolean guards(GuardedMethod method) {
		return method.has(Idempotent.class);
	}

	@Override
	public Guard create(GuardedMethod method, Guard next) {
		DeclaredGuard<Idempotent> declared = method.find(Idempotent.class);
		if (declared == null) {
			return next;
		}
		IdempotentMethods available = this.methods.getIfAvailable();
		if (available == null) {
			throw method.invalid(
					"is @Idempotent, but there is no DataSource with a PlatformTransactionManager to keep the keys in",
					"Add spring-boot-starter-jdbc and a database, or set resilience.idempotency.enabled=false.");
		}
		return available.guard(method, declared, next);
	}

	@Override
	public boolean opensTransaction(GuardedMethod method) {
		DeclaredGuard<Idempotent> declared = method.find(Idempotent.class);
		IdempotentMethods available = (declared != null) ? this.methods.getIfAvailable() : null;
		return declared != null && available != null && available.opensTransaction(method, declared);
	}

}
