package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * What payload types are called in the store. A type is written under the name that its
 * properties give it, else its annotation, else its class; all of them are understood, so
 * that a name can be given while messages are under way.
 */
final class TypeNames {

	private final Map<String, Class<?>> aliases;

	TypeNames(Map<String, Class<?>> aliases) {
		this.aliases = aliases;
	}

	List<String> of(Class<?> type) {
		List<String> names = new ArrayList<>();
		this.aliases.forEach((alias, aliased) -> {
			if (aliased == type) {
				names.add(alias);
			}
		});
		OutboxType declared = AnnotatedElementUtils.findMergedAnnotation(type, OutboxType.class);
		if (declared != null) {
			names.add(declared.value());
		}
		names.add(type.getName());
		return List.copyOf(names);
	}

}
