package io.github.resiliencestarter.sample.catalog;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import org.hibernate.validator.constraintvalidation.HibernateConstraintValidatorContext;

/**
 * Looks a sku up in the {@link Catalog}.
 */
class KnownSkuValidator implements ConstraintValidator<KnownSku, String> {

	private final Catalog catalog;

	KnownSkuValidator(Catalog catalog) {
		this.catalog = catalog;
	}

	@Override
	public boolean isValid(String sku, ConstraintValidatorContext context) {
		context.unwrap(HibernateConstraintValidatorContext.class)
			.addMessageParameter("skus", String.join(", ", this.catalog.skus()));
		return sku != null && this.catalog.skus().contains(sku);
	}

}
