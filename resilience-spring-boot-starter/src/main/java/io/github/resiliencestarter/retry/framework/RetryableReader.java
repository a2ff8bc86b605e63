package io.github.resiliencestarter.retry.framework;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;

import io.github.resiliencestarter.guard.DeclaredGuard;
import io.github.resiliencestarter.retry.RetryRules;

import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.resilience.retry.MethodRetryPredicate;
import org.springframework.resilience.retry.MethodRetrySpec;
import org.springframework.util.StringUtils;
import org.springframework.util.StringValueResolver;

/**
 * Reads the framework's annotation into the framework's own specification when the bean
 * is made, so that what is wrong stops the start-up.
 */
final class RetryableReader {

	private final DeclaredGuard<Retryable> declared;

	private final Retryable retryable;

	private final StringValueResolver placeholders;

	private final AutowireCapableBeanFactory beanFactory;

	RetryableReader(DeclaredGuard<Retryable> declared, StringValueResolver placeholders,
			AutowireCapableBeanFactory beanFactory) {
		this.declared = declared;
		this.retryable = declared.annotation();
		this.placeholders = placeholders;
		this.beanFactory = beanFactory;
	}

	MethodRetrySpec read() {
		Retryable from = this.retryable;
		return new MethodRetrySpec(Arrays.asList(from.includes()), Arrays.asList(from.excludes()), predicate(),
				number("maxRetries", from.maxRetries(), from.maxRetriesString()),
				duration("timeout", from.timeout(), from.timeoutString()),
				duration("delay", from.delay(), from.delayString()),
				duration("jitter", from.jitter(), from.jitterString()), multiplier(), maxDelay());
	}

	static RetryRules rules(MethodRetrySpec spec) {
		Set<Class<? extends Throwable>> named = new HashSet<>(spec.includes());
		return new RetryRules(named, spec.delay(), Math.addExact(spec.maxRetries(), 1));
	}

	private MethodRetryPredicate predicate() {
		Class<? extends MethodRetryPredicate> type = this.retryable.predicate();
		return (type != MethodRetryPredicate.class) ? this.beanFactory.createBean(type) : (method, failure) -> true;
	}

	private long number(String attribute, long value, String text) {
		return parsed(attribute, String.valueOf(value), text, (resolved) -> {
			long number = Long.parseLong(resolved);
			return (number >= 0 && number < Integer.MAX_VALUE) ? number : null;
		}, "Use a whole number of zero or more.");
	}

	private double multiplier() {
		return parsed("multiplier", String.valueOf(this.retryable.multiplier()), this.retryable.multiplierString(),
				(resolved) -> {
					double number = Double.parseDouble(resolved);
					return (number >= 1) ? number : null;
				}, "Use a number of at least 1.");
	}

	private Duration maxDelay() {
		Duration maxDelay = duration("maxDelay", this.retryable.maxDelay(), this.retryable.maxDelayString());
		if (maxDelay.isZero()) {
			throw this.declared.invalid("maxDelay", maxDelay.toString(), "Use a duration greater than zero.");
		}
		return maxDelay;
	}

	private Duration duration(String attribute, long value, String text) {
		DurationFormat.Unit unit = DurationFormat.Unit.fromChronoUnit(this.retryable.timeUnit().toChronoUnit());
		return parsed(attribute, String.valueOf(value), text, (resolved) -> {
			Duration duration = DurationFormatterUtils.detectAndParse(resolved, unit);
			return duration.isNegative() ? null : duration;
		}, "Use a duration of zero or more, such as 250ms or 2s.");
	}

	private <T> T parsed(String attribute, String value, String text, Function<String, T> parser, String remedy) {
		boolean asText = StringUtils.hasText(text);
		String name = asText ? attribute + "String" : attribute;
		String resolved = asText ? resolve(name, text) : value;
		try {
			T parsed = parser.apply(StringUtils.hasText(resolved) ? resolved.trim() : value);
			if (parsed != null) {
				return parsed;
			}
		}
		catch (RuntimeException ex) {
			// told below, with the attribute's name
		}
		throw this.declared.invalid(name, resolved, remedy);
	}

	private String resolve(String attribute, String text) {
		try {
			String resolved = this.placeholders.resolveStringValue(text);
			return (resolved != null) ? resolved : "";
		}
		catch (RuntimeException ex) {
			throw this.declared.invalid(attribute, text, "Define the placeholder's property or give it a default.");
		}
	}

}
