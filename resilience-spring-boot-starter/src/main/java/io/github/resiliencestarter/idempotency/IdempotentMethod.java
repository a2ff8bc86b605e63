package io.github.resiliencestarter.idempotency;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.interceptor.TransactionAttribute;

/**
 * A method that is idempotent, with everything about it read and checked.
 *
 * @param operation the operation
 * @param key yields the key, {@code null} for that of the request
 * @param keyHeader name of the request's header
 * @param fingerprintExpression yields what is compared, {@code null} for the arguments
 * @param arguments the arguments that are compared
 * @param fingerprints makes fingerprints
 * @param codec writes and reads replies
 * @param transaction the attributes of the method's transaction
 */
record IdempotentMethod(IdempotentOperation operation, @Nullable CallExpression key, String keyHeader,
		@Nullable CallExpression fingerprintExpression, FingerprintedArguments arguments, Fingerprints fingerprints,
		ReplyCodec codec, TransactionAttribute transaction) {

	CallFingerprint fingerprint(MethodInvocation invocation) {
		CallExpression expression = this.fingerprintExpression;
		Object content = (expression != null) ? expression.evaluate(invocation)
				: this.arguments.of(invocation.getArguments());
		return this.fingerprints.of(this.operation.name(), content);
	}

}
