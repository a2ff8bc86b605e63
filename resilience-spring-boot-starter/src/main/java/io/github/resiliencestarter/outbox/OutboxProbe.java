package io.github.resiliencestarter.outbox;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the method that finds out whether an ambiguous message reached its receiver. It
 * stands in the class of the {@link OutboxHandler} for the same payload, takes the same
 * parameters, and returns a {@link DeliveryStatus}. It is asked before an ambiguous
 * message is delivered again; if it throws, that is a failed attempt.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface OutboxProbe {

}
