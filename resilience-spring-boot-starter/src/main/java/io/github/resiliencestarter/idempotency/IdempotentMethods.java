package io.github.resiliencestarter.idempotency;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.GenericTypeResolver;

import io.github.resiliencestarter.guard.DeclaredGuard;
import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.GuardedMethod;
import io.github.resiliencestarter.idempotency.Idempotent.Mode;

/**
 * Reads and checks idempotent methods, and makes their guards.
 */
final class IdempotentMethods {

	private final IdempotentOperations operations;

	private final IdempotentCalls calls;

	private final CallIdentity identity;

	private final CallTransactionAttributes transactions;

	private final Replies replies;

	private final Fingerprints fingerprints;

	private final String keyHeader;

	IdempotentMethods(IdempotentOperations operations, IdempotentCalls calls, CallIdentity identity,
			CallTransactionAttributes transactions, Replies replies, JsonMapper mapper, String keyHeader) {
		this.operations = operations;
		this.calls = calls;
		this.identity = identity;
		this.transactions = transactions;
		this.replies = replies;
		this.fingerprints = new Fingerprints(mapper);
		this.keyHeader = keyHeader;
	}

	Guard guard(GuardedMethod method, DeclaredGuard<Idempotent> declared, Guard next) {
		IdempotentReturnTypes.check(method);
		IdempotentOperation operation = operation(method, declared);
		IdempotencyRules rules = operation.rules();
		ReplyCodec codec = this.replies.codec(operation.name(), returnType(method), method.method().getReturnType());
		this.operations.reads(operation.name(), codec);
		IdempotentMethod idempotent = new IdempotentMethod(operation, expression("key", rules.key(), method),
				this.keyHeader, expression("fingerprint", rules.fingerprint(), method),
				new FingerprintedArguments(method.method(), this.keyHeader), this.fingerprints, codec,
				this.transactions.of(method, rules.mode()));
		return new IdempotencyGuard(idempotent, this.calls, this.identity, next);
	}

	boolean opensTransaction(GuardedMethod method, DeclaredGuard<Idempotent> declared) {
		return operation(method, declared).rules().mode() == Mode.TRANSACTIONAL;
	}

	private IdempotentOperation operation(GuardedMethod method, DeclaredGuard<Idempotent> declared) {
		return this.operations.declare(declared.text("operation"), method, IdempotencySettings.of(declared));
	}

	private static @Nullable CallExpression expression(String attribute, String text, GuardedMethod method) {
		return text.isEmpty() ? null : CallExpression.of(attribute, text, method);
	}

	private static Type returnType(GuardedMethod guarded) {
		Method method = guarded.method();
		return GenericTypeResolver.resolveType(method.getGenericReturnType(), guarded.beanType());
	}

	/**
	 * Makes codecs.
	 *
	 * @param mapper the mapper for replies
	 * @param envelopes the known envelopes
	 * @param storage how bytes are kept
	 */
	record Replies(JsonMapper mapper, List<ReplyEnvelope> envelopes, ReplyStorage storage) {

		ReplyCodec codec(String operation, Type type, Class<?> rawType) {
			ReplyEnvelope envelope = this.envelopes.stream()
				.filter((candidate) -> candidate.knows(rawType) || rawType == Object.class)
				.findFirst()
				.orElse(null);
			boolean enclosed = envelope != null && envelope.knows(rawType);
			Type body = (enclosed && envelope != null) ? envelope.bodyType(type) : type;
			return new ReplyCodec(operation, this.mapper,
					this.mapper.constructType((body instanceof WildcardType) ? Object.class : body), envelope,
					this.storage);
		}

	}

}
