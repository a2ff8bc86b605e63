package io.github.resiliencestarter.idempotency;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * Makes duplicate calls harmless: the effect happens once, and every duplicate gets the
 * first call's reply. On a class: every public method.
 * <p>
 * Every attribute is text, accepts <code>${…}</code> placeholders, has a property of the
 * same name in kebab-case under {@code resilience.idempotency.instances.<operation>}
 * (which wins) and {@code resilience.idempotency.defaults} (which fills what is empty
 * here), and is checked when the bean is created.
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Idempotent {

	/**
	 * SpEL expression over the method's parameters that yields the key, such as
	 * {@code #command.id}. Empty: the {@code Idempotency-Key} of the current HTTP
	 * request.
	 * @return the expression
	 */
	String key() default "";

	/**
	 * Alias for {@link #operation()}.
	 * @return the operation's name
	 */
	@AliasFor("operation")
	String value() default "";

	/**
	 * Name of the operation: keys of different operations never meet. Default:
	 * {@code SimpleClass.method}.
	 * @return the operation's name
	 */
	@AliasFor("value")
	String operation() default "";

	/**
	 * Where the effect happens, and so how it is protected.
	 * @return the mode
	 */
	Mode mode() default Mode.TRANSACTIONAL;

	/**
	 * How long a reply can be replayed. Default: 24h.
	 * @return the duration
	 */
	String ttl() default "";

	/**
	 * How long a duplicate is still recognised; at least {@link #ttl()}. Default: 7d.
	 * @return the duration
	 */
	String retention() default "";

	/**
	 * What a duplicate does while the first call still runs.
	 * @return the policy
	 */
	OnConcurrent onConcurrent() default OnConcurrent.WAIT;

	/**
	 * How long a waiting duplicate waits for the first call. Default: 5s.
	 * @return the duration
	 */
	String maxWait() default "";

	/**
	 * LEASED: how long an owner that gives no sign of life keeps the key. Default: 30s.
	 * @return the duration
	 */
	String lease() default "";

	/**
	 * SpEL expression over the method's parameters that tells whether two calls with one
	 * key are the same call. Default: all arguments.
	 * @return the expression
	 */
	String fingerprint() default "";

	/**
	 * Final failures: the business part is rolled back, the exception is recorded with
	 * the key and thrown again at every duplicate. Within a transaction of the caller's
	 * that needs savepoints, which JPA's transaction manager does not have: such a call
	 * is refused there.
	 * @return the exception types, subclasses included
	 */
	Class<? extends Throwable>[] rememberExceptions() default {};

	/**
	 * Whether calls that the method makes with a {@code RestClient} of Spring Boot's
	 * builder carry an {@code Idempotency-Key} of their own: derived from this call's
	 * key, the HTTP method and the address, so that a repeated run sends the same one. A
	 * request that has the header already keeps it.
	 * @return whether they do
	 */
	boolean propagateKey() default false;

	/**
	 * Where the effect happens.
	 */
	enum Mode {

		/**
		 * In the application's database: key, business rows, outbox messages and reply
		 * commit together or not at all.
		 */
		TRANSACTIONAL,

		/**
		 * Outside it: claim, run and complete are separate transactions, protected by a
		 * lease with a fencing token.
		 */
		LEASED

	}

	/**
	 * What a duplicate does while the first call still runs.
	 */
	enum OnConcurrent {

		/** Wait up to {@code maxWait} for the first reply. */
		WAIT,

		/** Throw {@link IdempotencyConflictException} at once. */
		REJECT

	}

}
