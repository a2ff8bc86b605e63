package io.github.resiliencestarter.outbox;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names a payload's type in the outbox independently of its Java class, so that the class
 * can be moved or renamed while messages are under way.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface OutboxType {

	/**
	 * The name, unique in the application.
	 * @return the name
	 */
	String value();

}
