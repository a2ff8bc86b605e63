package io.github.resiliencestarter.idempotency;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * What operators and senders can ask, answered from the operations and the store.
 */
final class IdempotencyOperators implements IdempotencyOverview {

	private static final CallFingerprint ANY = new CallFingerprint(Sha256.of("any"));

	private final IdempotentOperations operations;

	private final IdempotencyStore store;

	private final CallInquiry inquiry;

	private final CallIdentity identity;

	IdempotencyOperators(IdempotentOperations operations, IdempotencyStore store, CallInquiry inquiry,
			CallIdentity identity) {
		this.operations = operations;
		this.store = store;
		this.inquiry = inquiry;
		this.identity = identity;
	}

	@Override
	public Map<String, IdempotencySnapshot> operations() {
		Map<String, IdempotencySnapshot> snapshots = new TreeMap<>();
		this.operations.all().forEach((name, operation) -> snapshots.put(name, operation.snapshot()));
		return snapshots;
	}

	@Override
	public IdempotencySnapshot operation(String name) {
		IdempotentOperation operation = this.operations.find(name);
		if (operation == null) {
			throw new IllegalArgumentException(
					"There is no idempotent operation '" + name + "', only " + this.operations.known());
		}
		return operation.snapshot();
	}

	@Override
	public void forEachName(Consumer<String> action) {
		this.operations.forEachName(action);
	}

	@Override
	public long stored() {
		return this.store.count();
	}

	@Override
	public void verifyStore() {
		this.store.find(IdempotencyId.of("", null, ""));
	}

	@Override
	public boolean forget(String operation, @Nullable String principal, String key) {
		return this.store.forget(IdempotencyId.of(operation, principal, key));
	}

	@Override
	public CallStatus status(String operation, String key) {
		IdempotentOperation known = this.operations.find(operation);
		ReplyCodec codec = this.operations.codec(operation);
		if (known == null || codec == null) {
			return new CallStatus.Unknown();
		}
		IdempotencyId id = IdempotencyId.of(operation, this.identity.principal(), IdempotencyKey.checked(key));
		return this.inquiry.status(
				new IdempotentCall(known, id, ANY, codec, CallTransactionAttributes.DEFAULT, IdempotencyOperators::no));
	}

	private static @Nullable Object no() {
		throw new UnsupportedOperationException("An inquiry runs nothing");
	}

}
