package io.github.resiliencestarter.idempotency;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.CallOrigin;

/**
 * The idempotent call that the current thread is running: where nested calls and outgoing
 * requests get their keys from.
 * <p>
 * A nested call's number among its kind counts the calls that have ended before it, so an
 * attempt that is repeated within the outer method has the key of the attempt before, and
 * a repeated run of the outer method gives every nested call the key it had.
 */
final class IdempotencyScope {

	private static final ThreadLocal<@Nullable IdempotencyScope> CURRENT = new ThreadLocal<>();

	private final @Nullable IdempotencyScope outer;

	private final IdempotentCall call;

	private final @Nullable HeldLease lease;

	private final Map<String, Integer> ended = new HashMap<>();

	private IdempotencyScope(@Nullable IdempotencyScope outer, IdempotentCall call, @Nullable HeldLease lease) {
		this.outer = outer;
		this.call = call;
		this.lease = lease;
	}

	static @Nullable IdempotencyScope current() {
		return CURRENT.get();
	}

	static @Nullable Object run(IdempotentCall call, @Nullable HeldLease lease) throws Throwable {
		IdempotencyScope outer = CURRENT.get();
		CURRENT.set(new IdempotencyScope(outer, call, lease));
		String origin = CallOrigin.replace(call.operation().name() + "/" + call.id());
		try {
			return call.body().run();
		}
		finally {
			CallOrigin.replace(origin);
			if (outer != null) {
				CURRENT.set(outer);
			}
			else {
				CURRENT.remove();
			}
		}
	}

	/**
	 * Return the key of the next nested call of an operation.
	 * @param operation the operation
	 * @return the key
	 */
	String nestedKey(String operation) {
		return this.call.id() + "." + this.ended.getOrDefault(operation, 0);
	}

	/**
	 * Take note that a nested call of an operation has ended with a reply.
	 * @param operation the operation
	 */
	void nestedCallEnded(String operation) {
		this.ended.merge(operation, 1, Integer::sum);
	}

	/**
	 * Return the key for an outgoing request.
	 * @param method the HTTP method
	 * @param address the address
	 * @return the key, or {@code null} if the method does not ask for it
	 */
	@Nullable String outgoingKey(String method, String address) {
		return this.call.rules().propagateKey()
				? HexFormat.of().formatHex(Sha256.of(this.call.id().toString(), method, address), 0, 16) : null;
	}

	/**
	 * Return the lease of the innermost leased call.
	 * @return the lease, or {@code null} if there is none
	 */
	@Nullable HeldLease lease() {
		for (IdempotencyScope scope = this; scope != null; scope = scope.outer) {
			if (scope.lease != null) {
				return scope.lease;
			}
		}
		return null;
	}

}
