package io.github.resiliencestarter.fallback;

import io.github.resiliencestarter.guard.DeclaredGuard;
import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.GuardFactory;
import io.github.resiliencestarter.guard.GuardOrder;
import io.github.resiliencestarter.guard.GuardedMethod;

import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Recognises {@link Fallback}.
 */
final class FallbackGuards implements GuardFactory {

	@Override
	public GuardOrder order() {
		return GuardOrder.FALLBACK;
	}

	/**
	 * A class-level annotation does not apply to the fallbacks that it names.
	 */
	@Override
	public boolean guards(GuardedMethod method) {
		DeclaredGuard<Fallback> declared = method.find(Fallback.class);
		return declared != null && (AnnotatedElementUtils.hasAnnotation(method.method(), Fallback.class)
				|| !method.method().getName().equals(declared.annotation().value()));
	}

	@Override
	public Guard create(GuardedMethod method, Guard next) {
		DeclaredGuard<Fallback> declared = method.find(Fallback.class);
		if (declared == null) {
			return next;
		}
		Fallbacks fallbacks = new FallbackResolver(method, declared).resolve();
		return switch (method.resultKind()) {
			case VALUE -> new FallbackGuard(fallbacks, next);
			case STAGE -> new StageFallbackGuard(fallbacks, next);
			case MONO, FLUX -> new ReactorFallbackGuard(fallbacks, next);
		};
	}

}
