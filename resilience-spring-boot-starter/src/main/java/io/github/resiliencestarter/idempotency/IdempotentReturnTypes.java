package io.github.resiliencestarter.idempotency;

import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;

import io.github.resiliencestarter.guard.GuardedMethod;

/**
 * Refuses methods whose effect may happen after their return, or whose reply can be read
 * only once.
 */
final class IdempotentReturnTypes {

	private static final Set<String> LATER = Set.of("java.util.concurrent.Future",
			"java.util.concurrent.CompletionStage", "java.util.concurrent.Callable",
			"java.util.concurrent.Flow$Publisher", "org.reactivestreams.Publisher",
			"org.springframework.web.context.request.async.DeferredResult",
			"org.springframework.web.context.request.async.WebAsyncTask");

	private static final Set<String> ONCE = Set.of("java.io.InputStream", "java.io.Reader",
			"java.util.stream.BaseStream", "java.util.Iterator", "org.springframework.core.io.Resource",
			"org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter",
			"org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody");

	private static final String ASYNC = "org.springframework.scheduling.annotation.Async";

	private IdempotentReturnTypes() {
	}

	static void check(GuardedMethod method) {
		check(method, ResolvableType.forMethodReturnType(method.method(), method.beanType()));
		for (java.lang.annotation.Annotation annotation : method.method().getAnnotations()) {
			if (annotation.annotationType().getName().equals(ASYNC)) {
				throw method.invalid("is @Idempotent and @Async, so its effect would come after the key was recorded",
						"Put @Idempotent on the method that runs on the other thread.");
			}
		}
	}

	private static void check(GuardedMethod method, ResolvableType type) {
		Class<?> raw = type.resolve();
		if (raw == null) {
			return;
		}
		if (find(raw, LATER) != null) {
			throw method.invalid("is @Idempotent and returns " + raw.getSimpleName()
					+ ", so its effect may come after the key was recorded", "Return the result itself.");
		}
		if (find(raw, ONCE) != null) {
			throw method.invalid("is @Idempotent and returns " + raw.getSimpleName() + ", which could not be replayed",
					"Return what can be written as JSON, or byte[].");
		}
		if (type.hasGenerics() && raw.getName().startsWith("org.springframework.http.")) {
			check(method, type.getGeneric(0));
		}
	}

	private static @Nullable String find(Class<?> type, Set<String> names) {
		for (Class<?> candidate = type; candidate != null; candidate = candidate.getSuperclass()) {
			if (names.contains(candidate.getName())) {
				return candidate.getName();
			}
			for (Class<?> superInterface : candidate.getInterfaces()) {
				String found = find(superInterface, names);
				if (found != null) {
					return found;
				}
			}
		}
		return null;
	}

}
