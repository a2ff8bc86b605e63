package io.github.resiliencestarter.circuitbreaker;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Method;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * For guards whose successor is the test's own and looks at no invocation.
 */
final class NoInvocation implements MethodInvocation {

	@Override
	public Method getMethod() {
		throw new UnsupportedOperationException();
	}

	@Override
	public @Nullable Object[] getArguments() {
		throw new UnsupportedOperationException();
	}

	@Override
	public @Nullable Object proceed() {
		throw new UnsupportedOperationException();
	}

	@Override
	public @Nullable Object getThis() {
		throw new UnsupportedOperationException();
	}

	@Override
	public AccessibleObject getStaticPart() {
		throw new UnsupportedOperationException();
	}

}
