package io.github.resiliencestarter.guard;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.util.ClassUtils;

/**
 * Keeps the methods of guarded beans reachable in a native image: chains are compiled
 * from annotations, and fallbacks are found by name.
 */
final class GuardedBeanAotProcessor implements BeanRegistrationAotProcessor {

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
		GuardPlans plans = bean.getBeanFactory().getBeanProvider(GuardPlans.class).getIfAvailable();
		if (plans == null) {
			return null;
		}
		List<Class<?>> guarded = GuardedTypes.of(bean.getBeanClass())
			.filter((type) -> plans.advisors(type).findAny().isPresent())
			.toList();
		return guarded.isEmpty() ? null : (context, code) -> register(context.getRuntimeHints(), guarded);
	}

	private static void register(RuntimeHints hints, List<Class<?>> guarded) {
		for (Class<?> type : guarded) {
			for (Class<?> declaring = type; declaring != null
					&& declaring != Object.class; declaring = declaring.getSuperclass()) {
				register(hints, declaring);
			}
			// a fallback may be a default method
			ClassUtils.getAllInterfacesForClassAsSet(type).forEach((declaring) -> register(hints, declaring));
		}
	}

	private static void register(RuntimeHints hints, Class<?> declaring) {
		hints.reflection().registerType(declaring, MemberCategory.INVOKE_DECLARED_METHODS);
	}

}
