package io.github.resiliencestarter.guard;

import java.lang.reflect.Method;

import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.core.BridgeMethodResolver;

/**
 * Puts the interceptor of one method in front of exactly that method. Each guarded method
 * has an advisor of its own, so that a call finds its chain without any look-up.
 */
@SuppressWarnings("serial")
final class GuardAdvisor extends StaticMethodMatcherPointcutAdvisor {

	private final transient GuardPlan plan;

	private final transient Method method;

	GuardAdvisor(GuardPlan plan) {
		super(new GuardInterceptor(plan.head()));
		this.plan = plan;
		this.method = plan.method().method();
	}

	GuardPlan plan() {
		return this.plan;
	}

	@Override
	public boolean matches(Method candidate, Class<?> targetClass) {
		if (!candidate.getName().equals(this.method.getName())) {
			return false;
		}
		Method specific = AopUtils.getMostSpecificMethod(candidate, targetClass);
		return BridgeMethodResolver.findBridgedMethod(specific).equals(this.method);
	}

}
