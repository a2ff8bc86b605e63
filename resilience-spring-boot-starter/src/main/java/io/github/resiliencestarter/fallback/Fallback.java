package io.github.resiliencestarter.fallback;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the method that answers when the guarded one cannot: for its exceptions, and for
 * rejections, time-outs and exhausted retries of the guards inside. Found and checked
 * when the bean is created. An exception of the fallback reaches the caller unchanged.
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Fallback {

	/**
	 * Name of a method of the same class or a superclass, of any visibility: same
	 * parameters, optionally one {@link Throwable} last, an assignable return type, and
	 * no checked exception that the guarded method does not declare. Of several, the one
	 * with the most specific matching Throwable answers, then the one without.
	 * @return the method's name
	 */
	String value();

	/**
	 * What the fallback answers for, subclasses included. {@link Error}s only when named
	 * here.
	 * @return the exception types
	 */
	Class<? extends Throwable>[] on() default { Exception.class };

}
