package io.github.resiliencestarter.retry.framework;

import java.util.function.Supplier;

import io.github.resiliencestarter.guard.DeclaredGuard;
import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.GuardFactory;
import io.github.resiliencestarter.guard.GuardOrder;
import io.github.resiliencestarter.guard.GuardedMethod;
import io.github.resiliencestarter.retry.LaterResult;
import io.github.resiliencestarter.retry.RetriedMethod;
import io.github.resiliencestarter.retry.RetryRegistry;

import org.springframework.beans.factory.config.EmbeddedValueResolver;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.resilience.retry.MethodRetrySpec;
import org.springframework.util.StringValueResolver;

/**
 * Recognises the framework's {@code @Retryable}.
 */
final class FrameworkRetryGuards implements GuardFactory {

	private final Supplier<RetryRegistry> registry;

	private final ConfigurableApplicationContext context;

	private final StringValueResolver placeholders;

	FrameworkRetryGuards(Supplier<RetryRegistry> registry, ConfigurableApplicationContext context) {
		this.registry = registry;
		this.context = context;
		this.placeholders = new EmbeddedValueResolver(context.getBeanFactory());
	}

	@Override
	public GuardOrder order() {
		return GuardOrder.RETRY;
	}

	@Override
	public boolean guards(GuardedMethod method) {
		return method.has(Retryable.class);
	}

	@Override
	public Guard create(GuardedMethod method, Guard next) {
		DeclaredGuard<Retryable> declared = method.find(Retryable.class);
		if (declared == null) {
			return next;
		}
		MethodRetrySpec spec = new RetryableReader(declared, this.placeholders, this.context.getBeanFactory()).read();
		RetriedMethod retried = this.registry.get().add(method, RetryableReader.rules(spec));
		HostedRetry retry = HostedRetry.of(retried, method.method(), spec, this.context);
		return switch (method.resultKind()) {
			case VALUE -> new FrameworkRetryGuard(verified(method, retry), next);
			case STAGE -> new StageRetryGuard(retry, next);
			case MONO, FLUX -> new ReactorRetryGuard(retry, next);
		};
	}

	private static HostedRetry verified(GuardedMethod method, HostedRetry retry) {
		Class<?> type = method.method().getReturnType();
		if (LaterResult.is(type)) {
			throw method.invalid(
					"has @Retryable but returns a " + type.getSimpleName()
							+ ", whose failure comes later and would not be retried",
					"Return a value, a CompletableFuture, a Mono or a Flux.");
		}
		return retry;
	}

}
