package io.github.resiliencestarter.guard;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/**
 * The annotations of a class or method, interfaces and superclasses included. Most have
 * none that could be a guard, and say so without being searched again for every guard.
 */
final class DeclaredOn {

	private static final List<String> PLUMBING = List.of("java.", "jakarta.annotation.", "org.springframework.beans.",
			"org.springframework.boot.", "org.springframework.context.annotation.", "org.springframework.stereotype.");

	static final DeclaredOn NOTHING = new DeclaredOn(Object.class);

	private final AnnotatedElement element;

	private final boolean empty;

	private final Map<Class<?>, Boolean> found = new ConcurrentHashMap<>();

	DeclaredOn(AnnotatedElement element) {
		this.element = element;
		this.empty = MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY)
			.stream()
			.allMatch((annotation) -> isPlumbing(annotation.getType().getName()));
	}

	/**
	 * Tell whether an annotation only says how beans are made. Beans that have nothing
	 * else are often made very early, and must not be the reason to make the factories.
	 * @param name the annotation's name
	 * @return whether it is no guard
	 */
	private static boolean isPlumbing(String name) {
		return PLUMBING.stream().anyMatch(name::startsWith);
	}

	boolean isEmpty() {
		return this.empty;
	}

	boolean has(Class<? extends Annotation> type) {
		return !this.empty && this.found.computeIfAbsent(type,
				(absent) -> AnnotatedElementUtils.hasAnnotation(this.element, type));
	}

	<A extends Annotation> @Nullable A find(Class<A> type) {
		return has(type) ? AnnotatedElementUtils.findMergedAnnotation(this.element, type) : null;
	}

}
