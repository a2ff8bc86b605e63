package io.github.resiliencestarter.outbox;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

import io.github.resiliencestarter.guard.DeclaredGuard;
import io.github.resiliencestarter.guard.GuardedMethod;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * Finds the handler methods of all beans, proxied or not, without creating a bean.
 */
final class HandlerDiscovery {

	private final ConfigurableListableBeanFactory beanFactory;

	private final OutboxProperties properties;

	private final TypeNames typeNames;

	private final JsonMapper json;

	private final UnaryOperator<String> placeholders;

	HandlerDiscovery(ConfigurableListableBeanFactory beanFactory, OutboxProperties properties, JsonMapper json) {
		this.beanFactory = beanFactory;
		this.properties = properties;
		this.typeNames = new TypeNames(properties.types());
		this.json = json;
		this.placeholders = (text) -> Objects.requireNonNullElse(beanFactory.resolveEmbeddedValue(text), "");
	}

	Collection<MessageHandler> discover() {
		List<MessageHandler> handlers = new ArrayList<>();
		for (String bean : this.beanFactory.getBeanDefinitionNames()) {
			Class<?> type = type(bean);
			if (type != null && !this.beanFactory.getMergedBeanDefinition(bean).isAbstract()) {
				handlers.addAll(handlers(bean, ClassUtils.getUserClass(type)));
			}
		}
		return handlers;
	}

	private @Nullable Class<?> type(String bean) {
		if (bean.startsWith("scopedTarget.")) {
			return null;
		}
		Class<?> type = AutoProxyUtils.determineTargetClass(this.beanFactory, bean);
		return (type != null && !type.getName().startsWith("org.springframework.")) ? type : null;
	}

	private List<MessageHandler> handlers(String bean, Class<?> type) {
		Collection<Method> methods = MethodIntrospector.selectMethods(type,
				(Method method) -> AnnotatedElementUtils.hasAnnotation(method, OutboxHandler.class));
		return methods.stream().map((method) -> {
			boolean overloaded = methods.stream().filter((each) -> each.getName().equals(method.getName())).count() > 1;
			return handler(bean, new GuardedMethod(type, method, overloaded, this.placeholders));
		}).toList();
	}

	private MessageHandler handler(String bean, GuardedMethod method) {
		verify(method);
		DeclaredGuard<OutboxHandler> declared = Objects.requireNonNull(method.find(OutboxHandler.class));
		String name = Objects.requireNonNullElse(declared.text("value"), method.name());
		HandlerSettings settings = this.properties.handlers()
			.getOrDefault(name, HandlerSettings.NONE)
			.orElse(declared(declared))
			.orElse(this.properties.defaults());
		Class<?> payloadType = method.method().getParameterTypes()[0];
		String aggregate = this.properties.debezium().aggregateOf(payloadType);
		if (aggregate != null) {
			throw method.invalid(
					"handles a payload that resilience.outbox.debezium.aggregates." + aggregate + " leaves to Debezium",
					"Remove the handler, or the class from the property.");
		}
		SingletonSupplier<Object> target = SingletonSupplier.of(() -> this.beanFactory.getBean(bean));
		Method probe = probe(method, payloadType);
		return new MessageHandler(name, payloadType,
				this.json.getTypeFactory().constructType(method.method().getGenericParameterTypes()[0]),
				this.typeNames.of(payloadType), DeliveryPolicy.of(name, settings),
				handlerMethod(method.method(), target), (probe != null) ? handlerMethod(probe, target) : null,
				method.toString(), new Counts());
	}

	private static HandlerMethod handlerMethod(Method method, SingletonSupplier<Object> bean) {
		return new HandlerMethod(SingletonSupplier.of(() -> invocable(method, bean.obtain()))::obtain, bean::obtain);
	}

	private static @Nullable Method probe(GuardedMethod handler, Class<?> payloadType) {
		Method found = null;
		for (Method probe : MethodIntrospector.selectMethods(handler.beanType(),
				(Method method) -> AnnotatedElementUtils.hasAnnotation(method, OutboxProbe.class))) {
			boolean fits = probe.getParameterCount() > 0 && probe.getReturnType() == DeliveryStatus.class;
			if (!fits) {
				throw handler.invalid("has an @OutboxProbe in its class that is none: " + probe.getName(),
						"Let it take the payload and return a DeliveryStatus.");
			}
			found = (probe.getParameterTypes()[0] == payloadType) ? probe : found;
		}
		return found;
	}

	private static Method invocable(Method method, Object bean) {
		Method invocable = AopUtils.selectInvocableMethod(method, bean.getClass());
		ReflectionUtils.makeAccessible(invocable);
		return invocable;
	}

	private static void verify(GuardedMethod method) {
		int modifiers = method.method().getModifiers();
		Class<?>[] parameters = method.method().getParameterTypes();
		if (Modifier.isPrivate(modifiers) || Modifier.isStatic(modifiers)) {
			throw method.invalid("has @OutboxHandler and is private or static",
					"Make it an instance method that " + "Spring can call, best public.");
		}
		if (parameters.length == 0 || parameters.length > 2
				|| (parameters.length == 2 && parameters[1] != OutboxMessage.class)) {
			throw method.invalid("has @OutboxHandler and parameters that no message can fill",
					"Use the payload as its only parameter, or the payload and an OutboxMessage.");
		}
		if (parameters[0].isPrimitive() || parameters[0] == Object.class || parameters[0] == OutboxMessage.class) {
			throw method.invalid("has @OutboxHandler and a first parameter that is no payload",
					"Use the class of the messages that it handles.");
		}
	}

	private static HandlerSettings declared(DeclaredGuard<OutboxHandler> declared) {
		List<Class<? extends Throwable>> deadLetterOn = Arrays.asList(declared.annotation().deadLetterOn());
		return new HandlerSettings(declared.count("maxAttempts"), declared.duration("initialBackoff"),
				declared.duration("maxBackoff"), declared.duration("timeout"), declared.count("concurrency"),
				deadLetterOn.isEmpty() ? null : deadLetterOn, null, null);
	}

}
