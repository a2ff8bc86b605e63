package io.github.resiliencestarter.retry.springretry;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.resiliencestarter.guard.DeclaredGuard;
import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.GuardFactory;
import io.github.resiliencestarter.guard.GuardOrder;
import io.github.resiliencestarter.guard.GuardedMethod;
import io.github.resiliencestarter.retry.RetryRegistry;
import io.github.resiliencestarter.retry.RetryRules;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.retry.annotation.Backoff;
import org.springframework.retry.annotation.Recover;
import org.springframework.retry.annotation.Retryable;
import org.springframework.retry.interceptor.MethodInvocationRecoverer;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;

/**
 * Recognises spring-retry's {@code @Retryable}, and stops the start-up where spring-retry
 * would silently do something else than is written.
 */
final class SpringRetryGuards implements GuardFactory {

	private static final Log logger = LogFactory.getLog(SpringRetryGuards.class);

	private final Supplier<RetryRegistry> registry;

	private final Supplier<HostedLibrary> hosted;

	SpringRetryGuards(Supplier<RetryRegistry> registry, Supplier<HostedLibrary> hosted) {
		this.registry = registry;
		this.hosted = hosted;
	}

	@Override
	public GuardOrder order() {
		return GuardOrder.RETRY;
	}

	@Override
	public boolean guards(GuardedMethod method) {
		return method.has(Retryable.class) && !AnnotatedElementUtils.hasAnnotation(method.method(), Recover.class);
	}

	@Override
	public Guard create(GuardedMethod method, Guard next) {
		DeclaredGuard<Retryable> declared = method.find(Retryable.class);
		Method visible = (declared != null) ? visibleToLibrary(method) : null;
		if (declared == null || visible == null) {
			logger.warn(
					"Method " + method + " is not retried: spring-retry looks for @Retryable on the class that declares"
							+ " a method, not on the bean's class. Put @Retryable on the method, or override it.");
			return next;
		}
		HostedLibrary library = this.hosted.get();
		new RetryableCheck(method, declared, library).verify();
		Retryable retryable = declared.annotation();
		return new SpringRetryGuard(this.registry.get().add(method, rules(retryable)), visible,
				hostedAs(method, retryable), globalListeners(retryable) ? library::isListening : () -> false,
				library.interceptor(), next);
	}

	/**
	 * The method, or one of an interface, on which spring-retry will find the annotation.
	 */
	private static @Nullable Method visibleToLibrary(GuardedMethod method) {
		Method declared = method.method();
		return Stream
			.concat(Stream.of(declared), ClassUtils.getAllInterfacesForClassAsSet(method.beanType())
				.stream()
				.map((type) -> ReflectionUtils.findMethod(type, declared.getName(), declared.getParameterTypes()))
				.filter((candidate) -> candidate != null))
			.filter((candidate) -> AnnotatedElementUtils.hasAnnotation(candidate, Retryable.class)
					|| AnnotatedElementUtils.hasAnnotation(candidate.getDeclaringClass(), Retryable.class))
			.findFirst()
			.orElse(null);
	}

	private static RetryRules rules(Retryable retryable) {
		Backoff backoff = retryable.backoff();
		return new RetryRules(named(retryable),
				Duration.ofMillis((backoff.delay() != 0) ? backoff.delay() : backoff.value()), retryable.maxAttempts());
	}

	@SuppressWarnings("deprecation")
	private static Set<Class<? extends Throwable>> named(Retryable retryable) {
		Set<Class<? extends Throwable>> named = new HashSet<>(List.of(retryable.retryFor()));
		named.addAll(List.of(retryable.value()));
		return named;
	}

	private static SpringRetryGuard.HostedAs hostedAs(GuardedMethod method, Retryable retryable) {
		boolean listeners = Stream.of(retryable.listeners()).anyMatch(StringUtils::hasText);
		boolean custom = StringUtils.hasText(retryable.interceptor());
		boolean recovers = RetryableCheck.recoverers(method).findAny().isPresent()
				|| MethodInvocationRecoverer.class.isAssignableFrom(method.beanType());
		return new SpringRetryGuard.HostedAs(retryable.stateful() || custom || listeners, retryable.stateful(),
				recovers);
	}

	private static boolean globalListeners(Retryable retryable) {
		return retryable.listeners().length == 0;
	}

}
