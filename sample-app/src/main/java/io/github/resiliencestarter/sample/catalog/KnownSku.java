package io.github.resiliencestarter.sample.catalog;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;

/**
 * The value is a sku of the {@link Catalog}.
 */
@Target({ ElementType.FIELD, ElementType.PARAMETER })
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = KnownSkuValidator.class)
public @interface KnownSku {

	String message() default "The sku must be one of {skus}.";

	Class<?>[] groups() default {};

	Class<? extends Payload>[] payload() default {};

}
