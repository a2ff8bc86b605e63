package io.github.resiliencestarter.outbox;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

import io.github.resiliencestarter.guard.Failures;
import org.jspecify.annotations.Nullable;

/**
 * A method of a bean that takes a payload, called through the bean and so through its
 * proxies.
 */
record HandlerMethod(Supplier<Method> method, Supplier<Object> bean) {

	@Nullable Object call(Object payload, OutboxMessage message) throws Throwable {
		Method target = this.method.get();
		Object[] arguments = (target.getParameterCount() == 2) ? new Object[] { payload, message }
				: new Object[] { payload };
		try {
			Object result = target.invoke(this.bean.get(), arguments);
			return (result instanceof CompletionStage<?> stage) ? stage.toCompletableFuture().get() : result;
		}
		catch (InvocationTargetException ex) {
			throw Failures.unwrap(ex.getTargetException());
		}
		catch (ExecutionException ex) {
			throw Failures.unwrap(ex);
		}
	}

}
