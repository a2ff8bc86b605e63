package io.github.resiliencestarter.circuitbreaker;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * Stops calling a method that keeps failing or keeps being slow, and tries it again after
 * a while with a few trial calls. On a class: every public method, each with a breaker of
 * its own unless a name is given.
 * <p>
 * Every attribute is text, accepts <code>${…}</code> placeholders, has a property of the
 * same name in kebab-case under {@code resilience.circuit-breaker.instances.<name>}
 * (which wins) and {@code resilience.circuit-breaker.defaults} (which fills what is empty
 * here), and is checked when the bean is created. Refused calls throw
 * {@link CircuitBreakerOpenException}.
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface CircuitBreaker {

	/**
	 * Alias for {@link #name()}.
	 * @return the breaker's name
	 */
	@AliasFor("name")
	String value() default "";

	/**
	 * Name of the breaker. Methods that give the same name share one breaker. Default:
	 * {@code SimpleClass.method}.
	 * @return the breaker's name
	 */
	@AliasFor("value")
	String name() default "";

	/**
	 * Which calls are looked at: a number such as {@code 100} for the last calls, or a
	 * duration such as {@code 30s} for the calls of that time. Default: 100.
	 * @return the window
	 */
	String slidingWindow() default "";

	/**
	 * How many calls the window must hold before a verdict is taken. Default: 20.
	 * @return the number of calls
	 */
	String minimumNumberOfCalls() default "";

	/**
	 * Percentage of failed calls, from 1 to 100, at which the breaker opens; reaching it
	 * is enough. Default: 50.
	 * @return the percentage
	 */
	String failureRateThreshold() default "";

	/**
	 * How long a call may take before it counts as slow; empty or {@code 0}: slow calls
	 * are not looked at, and no clock is read for them.
	 * @return the duration
	 */
	String slowCallDurationThreshold() default "";

	/**
	 * Percentage of slow calls, from 1 to 100, at which the breaker opens. Default: 100.
	 * @return the percentage
	 */
	String slowCallRateThreshold() default "";

	/**
	 * How long the breaker stays open before trial calls are permitted. Default: 10s.
	 * @return the duration
	 */
	String waitDurationInOpenState() default "";

	/**
	 * How many trial calls decide whether the breaker closes again. Default: 5.
	 * @return the number of calls
	 */
	String permittedNumberOfCallsInHalfOpenState() default "";

	/**
	 * Exceptions that count as failures, subclasses included; empty: every
	 * {@link Throwable}. Any other exception counts as a success.
	 * @return the exception types
	 */
	Class<? extends Throwable>[] recordExceptions() default {};

	/**
	 * Exceptions that count neither as success nor as failure; they win over
	 * {@link #recordExceptions()}.
	 * @return the exception types
	 */
	Class<? extends Throwable>[] ignoreExceptions() default {};

}
