package io.github.resiliencestarter.throttle;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * Limits how often a method is called, how many calls run at once, or both. On a class:
 * every public method, each with a limit of its own unless a name is given.
 * <p>
 * Every attribute is text, accepts <code>${…}</code> placeholders, has a property of the
 * same name in kebab-case under {@code resilience.throttle.instances.<name>} (which wins)
 * and {@code resilience.throttle.defaults} (which fills what is empty here), and is
 * checked when the bean is created. Refused calls throw {@link ThrottledException}. There
 * must be a {@link #rate()}, a {@link #concurrency()}, or both; a call that finds no slot
 * costs no permit of the rate, and a call that is refused by a guard further in gives its
 * permit back.
 * <p>
 * Properties only: {@code mode} ({@code on}, {@code shadow} which decides and counts but
 * refuses nothing, {@code off}), {@code max-keys} and {@code on-store-failure}.
 * <p>
 * The rate is enforced by the generic cell rate algorithm (ITU-T I.371): over any stretch
 * of time no more than rate × time + {@link #burst()} calls. Its interval is rounded up
 * to whole nanoseconds. {@link Throttles} changes limits while they run.
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Throttled {

	/**
	 * Alias for {@link #rate()}.
	 * @return the rate
	 */
	@AliasFor("rate")
	String value() default "";

	/**
	 * Permits for a time: {@code 100/s}, {@code 5/10s}, {@code 1000/1h}. Empty: the rate
	 * is not limited.
	 * @return the rate
	 */
	@AliasFor("value")
	String rate() default "";

	/**
	 * Name of the limit. Methods that give the same name share one limit. Default:
	 * {@code SimpleClass.method}.
	 * @return the limit's name
	 */
	String name() default "";

	/**
	 * Permits that may be used at once after a quiet time. Default: the rate's count.
	 * @return the number of permits
	 */
	String burst() default "";

	/**
	 * Calls in flight at once, until their result is there (also an asynchronous one).
	 * Empty: not limited. Limits each instance alone, whatever the {@link #scope()}.
	 * @return the number of calls
	 */
	String concurrency() default "";

	/**
	 * Longest wait for a slot and a permit together; a call that would have to wait
	 * longer for its permit, or longer than its deadline, is refused at once. {@code 0}:
	 * never wait, unless the defaults property says otherwise (use {@code 0ms} to rule
	 * that out). The calling thread waits; for Reactor types a thread that may block.
	 * @return the duration
	 */
	String maxWait() default "0";

	/**
	 * SpEL expression over the method's parameters, such as {@code #customerId}: each
	 * value has a limit of its own. Values need {@code equals} and {@code hashCode}, in
	 * scope CLUSTER a {@code toString} that tells them apart; {@code null} is an
	 * {@link IllegalArgumentException}.
	 * <p>
	 * No more than {@code max-keys} values (100000) are kept at once. Those that are full
	 * again go first; what the others owe when they are dropped is kept in a table of
	 * fixed size, so that a flood of values frees none that is used up. A value that
	 * shares its place there with another may have to wait for the other's debt.
	 * @return the expression
	 */
	String key() default "";

	/**
	 * Whether each instance of the application has a limit of its own, or all share one.
	 * @return the scope
	 */
	Scope scope() default Scope.INSTANCE;

	/**
	 * Who shares a limit.
	 */
	enum Scope {

		/** Each instance of the application has a limit of its own. */
		INSTANCE,

		/**
		 * All instances share one limit, kept in the application's database (PostgreSQL,
		 * MariaDB, MySQL) by Bucket4j's token bucket, with the database's clock. Every
		 * call asks the database, on another connection than the caller's, and waits for
		 * it no longer than {@code resilience.throttle.store.timeout}. While there is no
		 * answer, {@link OnStoreFailure} decides. On H2 it is the instance's own limit;
		 * without a {@code DataSource}, or without Bucket4j on the class path, the
		 * application does not start.
		 */
		CLUSTER

	}

}
