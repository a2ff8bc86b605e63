package io.github.resiliencestarter.timeout;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Limits how long a call takes, and opens a deadline for everything it calls. On a class:
 * every public method.
 * <p>
 * Every attribute is text, accepts <code>${…}</code> placeholders, has a property of the
 * same name under {@code resilience.timeout.instances.<SimpleClass.method>} (which wins)
 * and {@code resilience.timeout.defaults} (which fills what is empty here), and is
 * checked when the bean is created. A call past its limit throws
 * {@link CallTimeoutException}.
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Timeout {

	/**
	 * Limit of the whole call as its caller sees it, all retries and waits included, such
	 * as {@code 2s}.
	 * @return the duration
	 */
	String value() default "";

	/**
	 * Limit of each attempt.
	 * @return the duration
	 */
	String attempt() default "";

	/**
	 * What happens at the limit.
	 * @return the mode
	 */
	Mode mode() default Mode.INTERRUPT;

	/**
	 * What happens at the limit.
	 */
	enum Mode {

		/**
		 * The method stays on the caller's thread, with its transaction and
		 * thread-locals, and is interrupted at the limit, or within a millisecond of it.
		 * Code that ignores interrupts still holds its caller, who gets a time-out when
		 * it ends.
		 */
		INTERRUPT,

		/**
		 * The method runs on another thread; the caller is released at the limit whatever
		 * the method does. A transaction of the caller does not follow: the method's own
		 * begins on the other thread. Thread-locals follow as far as Micrometer's context
		 * propagation is there and knows them; the deadline always does.
		 * <p>
		 * A call that outlives its limit is interrupted, left behind and counted; while a
		 * method has {@code resilience.timeout.offload.max-left-behind} of them, further
		 * calls of it throw {@link OffloadRejectedException}. A method that returns a
		 * {@code Mono} or {@code Flux} holds no caller, and is limited as in the other
		 * mode.
		 */
		OFFLOAD

	}

}
