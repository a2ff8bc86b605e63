package io.github.resiliencestarter.idempotency;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;

import io.github.resiliencestarter.guard.Guard;

/**
 * The guard of one method: settles key and fingerprint, then hands the call over.
 */
final class IdempotencyGuard implements Guard {

	private final IdempotentMethod method;

	private final IdempotentCalls calls;

	private final CallIdentity identity;

	private final Guard next;

	IdempotencyGuard(IdempotentMethod method, IdempotentCalls calls, CallIdentity identity, Guard next) {
		this.method = method;
		this.calls = calls;
		this.identity = identity;
		this.next = next;
	}

	@Override
	public @Nullable Object call(MethodInvocation invocation) throws Throwable {
		IdempotencyScope outer = IdempotencyScope.current();
		String operation = this.method.operation().name();
		String key = key(invocation, outer);
		IdempotencyId id = IdempotencyId.of(operation, this.identity.principal(), key);
		Object result = this.calls
			.execute(new IdempotentCall(this.method.operation(), id, this.method.fingerprint(invocation),
					this.method.codec(), this.method.transaction(), () -> this.next.call(fresh(invocation))));
		if (outer != null) {
			outer.nestedCallEnded(operation);
		}
		return result;
	}

	private String key(MethodInvocation invocation, @Nullable IdempotencyScope outer) {
		CallExpression expression = this.method.key();
		if (expression != null) {
			Object key = expression.evaluate(invocation);
			if (key == null) {
				throw new IdempotencyKeyMissingException(
						"The key expression of '" + this.method.operation().name() + "' yields null");
			}
			return IdempotencyKey.ofValue(key);
		}
		if (outer != null) {
			return outer.nestedKey(this.method.operation().name());
		}
		String header = this.identity.keyHeader();
		if (header == null) {
			throw new IdempotencyKeyMissingException("'" + this.method.operation().name()
					+ "' needs an idempotency key: send the header " + this.method.keyHeader());
		}
		return IdempotencyKey.ofHeader(header);
	}

	// a run that is repeated has to pass the rest of the proxy's interceptors again
	private static MethodInvocation fresh(MethodInvocation invocation) {
		return (invocation instanceof ProxyMethodInvocation proxied) ? proxied.invocableClone() : invocation;
	}

}
