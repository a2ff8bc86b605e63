package io.github.resiliencestarter.outbox;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the method that delivers outbox messages of its first parameter's type. An
 * optional second parameter of type {@link OutboxMessage} tells about the message. There
 * is exactly one handler for each payload class.
 * <p>
 * Every attribute is text, accepts <code>${…}</code> placeholders, has a property of the
 * same name in kebab-case under {@code resilience.outbox.handlers.<name>} (which wins)
 * and {@code resilience.outbox.defaults} (which fills what is empty here), and is checked
 * when the bean is created.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface OutboxHandler {

	/**
	 * Name of the handler. Default: {@code SimpleClass.method}.
	 * @return the name
	 */
	String value() default "";

	/**
	 * Deliveries of one message before it goes to the dead letters. Default: 10.
	 * @return the number of attempts
	 */
	String maxAttempts() default "";

	/**
	 * Longest wait before the second attempt; doubles with each attempt, with full
	 * jitter. Default: 1s.
	 * @return the duration
	 */
	String initialBackoff() default "";

	/**
	 * Longest wait between two attempts. Default: 10m.
	 * @return the duration
	 */
	String maxBackoff() default "";

	/**
	 * Limit of one delivery. Default: 30s.
	 * @return the duration
	 */
	String timeout() default "";

	/**
	 * Deliveries at once on one instance. Default: 8.
	 * @return the number of deliveries
	 */
	String concurrency() default "";

	/**
	 * Exceptions after which no attempt can help: the message goes straight to the dead
	 * letters.
	 * @return the exception types, subclasses included
	 */
	Class<? extends Throwable>[] deadLetterOn() default {};

}
