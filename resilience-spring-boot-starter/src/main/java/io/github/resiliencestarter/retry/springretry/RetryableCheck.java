package io.github.resiliencestarter.retry.springretry;

import java.lang.reflect.Method;
import java.util.stream.Stream;

import io.github.resiliencestarter.guard.DeclaredGuard;
import io.github.resiliencestarter.guard.GuardedMethod;
import io.github.resiliencestarter.retry.LaterResult;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.expression.ParserContext;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.retry.annotation.Backoff;
import org.springframework.retry.annotation.Recover;
import org.springframework.retry.annotation.Retryable;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;

/**
 * Looks for what spring-retry would only find at the first failure, or never.
 */
final class RetryableCheck {

	private final GuardedMethod method;

	private final DeclaredGuard<Retryable> declared;

	private final Retryable retryable;

	private final HostedLibrary library;

	RetryableCheck(GuardedMethod method, DeclaredGuard<Retryable> declared, HostedLibrary library) {
		this.method = method;
		this.declared = declared;
		this.retryable = declared.annotation();
		this.library = library;
	}

	void verify() {
		verifyMethod();
		verifyNames();
		verifyExpressions();
		if (this.retryable.maxAttempts() < 1 && !StringUtils.hasText(this.retryable.maxAttemptsExpression())) {
			throw this.declared.invalid("maxAttempts", String.valueOf(this.retryable.maxAttempts()),
					"Use a whole number of at least 1.");
		}
	}

	private void verifyMethod() {
		if (LaterResult.is(this.method.method().getReturnType())) {
			throw this.method.invalid(
					"has spring-retry's @Retryable but returns its result later, so that no failure would ever be retried",
					"Use org.springframework.resilience.annotation.Retryable, which retries such results.");
		}
		if (this.method.has(org.springframework.resilience.annotation.Retryable.class)) {
			throw this.method.invalid(
					"has @Retryable of both spring-retry and Spring Framework, whose attempts would multiply",
					"Remove one of the two.");
		}
	}

	private void verifyNames() {
		verifyBean("interceptor", this.retryable.interceptor(), "Name a bean that is a MethodInterceptor.");
		for (String listener : this.retryable.listeners()) {
			verifyBean("listeners", listener, "Name a bean that is a RetryListener.");
		}
		String recover = this.retryable.recover();
		if (StringUtils.hasText(recover) && recoverers(this.method).noneMatch(recover::equals)) {
			throw this.declared.invalid("recover", recover,
					"Name a method of the same class that is annotated with @Recover.");
		}
	}

	private void verifyBean(String attribute, String name, String remedy) {
		if (StringUtils.hasText(name) && !this.library.hasBean(name)) {
			throw this.declared.invalid(attribute, name, remedy);
		}
	}

	private void verifyExpressions() {
		Backoff backoff = this.retryable.backoff();
		verifyExpression("maxAttemptsExpression", this.retryable.maxAttemptsExpression());
		verifyExpression("exceptionExpression", this.retryable.exceptionExpression());
		verifyExpression("backoff.delayExpression", backoff.delayExpression());
		verifyExpression("backoff.maxDelayExpression", backoff.maxDelayExpression());
		verifyExpression("backoff.multiplierExpression", backoff.multiplierExpression());
		verifyExpression("backoff.randomExpression", backoff.randomExpression());
	}

	private void verifyExpression(String attribute, String text) {
		if (!StringUtils.hasText(text)) {
			return;
		}
		try {
			String resolved = this.library.resolve(text);
			SpelExpressionParser parser = new SpelExpressionParser();
			if (resolved.contains("#{")) {
				parser.parseExpression(resolved, ParserContext.TEMPLATE_EXPRESSION);
			}
			else {
				parser.parseExpression(resolved);
			}
		}
		catch (RuntimeException ex) {
			throw this.declared.invalid(attribute, text,
					"Use a SpEL expression whose placeholders are defined, such as #{${my.attempts}}.");
		}
	}

	/**
	 * Return the names of the methods that may answer for a last failure.
	 * @param method a method of their class
	 * @return the names
	 */
	static Stream<String> recoverers(GuardedMethod method) {
		return Stream.of(ReflectionUtils.getAllDeclaredMethods(method.beanType()))
			.filter((candidate) -> AnnotatedElementUtils.hasAnnotation(candidate, Recover.class))
			.map(Method::getName);
	}

}
