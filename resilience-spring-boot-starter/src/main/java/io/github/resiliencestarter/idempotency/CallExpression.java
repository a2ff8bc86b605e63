package io.github.resiliencestarter.idempotency;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.context.expression.MethodBasedEvaluationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

import io.github.resiliencestarter.guard.GuardedMethod;

/**
 * A SpEL expression over a method's parameters, parsed and checked when the bean is
 * created. Thread-safe.
 */
final class CallExpression {

	private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

	private static final Pattern VARIABLE = Pattern.compile("#([\\w$]+)");

	private final Expression expression;

	private final Method method;

	private final ParameterNameDiscoverer names;

	private final @Nullable ListenerHeaders headers;

	private CallExpression(Expression expression, Method method, @Nullable ListenerHeaders headers) {
		this.expression = expression;
		this.method = method;
		this.names = known(NAMES.getParameterNames(method));
		this.headers = headers;
	}

	static CallExpression of(String attribute, String text, GuardedMethod method) {
		SpelExpression expression = parse(attribute, text, method);
		Set<String> known = variables(method.method());
		ListenerHeaders headers = ListenerHeaders.find(method.method());
		if (headers != null && !known.add(ListenerHeaders.VARIABLE) && !headers.areNamedSo(NAMES)) {
			headers = null;
		}
		for (String used : used(expression.getAST(), new LinkedHashSet<>())) {
			if (!known.contains(used)) {
				throw invalid(attribute, text, method, "names #" + used + ", which is none of its parameters",
						"Use one of #" + String.join(", #", known) + "."
								+ (ListenerHeaders.VARIABLE.equals(used) ? ListenerHeaders.REMEDY : ""));
			}
		}
		return new CallExpression(expression, method.method(), headers);
	}

	// looked up once, and not again at every call
	private static ParameterNameDiscoverer known(@Nullable String @Nullable [] names) {
		return new ParameterNameDiscoverer() {

			@Override
			public @Nullable String @Nullable [] getParameterNames(Method method) {
				return names;
			}

			@Override
			public @Nullable String @Nullable [] getParameterNames(Constructor<?> constructor) {
				return null;
			}

		};
	}

	private static SpelExpression parse(String attribute, String text, GuardedMethod method) {
		try {
			return new SpelExpressionParser().parseRaw(text);
		}
		catch (ParseException ex) {
			throw invalid(attribute, text, method, "is no SpEL expression: " + ex.getSimpleMessage(),
					"Write an expression over the parameters, such as #order.id.");
		}
	}

	private static RuntimeException invalid(String attribute, String text, GuardedMethod method, String problem,
			String remedy) {
		return method.invalid("has @Idempotent whose attribute " + attribute + " = \"" + text + "\" " + problem,
				remedy);
	}

	private static Set<String> variables(Method method) {
		Set<String> variables = new LinkedHashSet<>();
		String[] names = NAMES.getParameterNames(method);
		if (names != null) {
			variables.addAll(Arrays.asList(names));
		}
		for (int index = 0; index < method.getParameterCount(); index++) {
			variables.add("a" + index);
			variables.add("p" + index);
		}
		return variables;
	}

	private static Set<String> used(SpelNode node, Set<String> names) {
		if (node instanceof VariableReference) {
			Matcher name = VARIABLE.matcher(node.toStringAST());
			if (name.matches() && !"this".equals(name.group(1)) && !"root".equals(name.group(1))) {
				names.add(name.group(1));
			}
		}
		for (int child = 0; child < node.getChildCount(); child++) {
			used(node.getChild(child), names);
		}
		return names;
	}

	@Nullable Object evaluate(MethodInvocation call) {
		Object target = call.getThis();
		MethodBasedEvaluationContext context = new MethodBasedEvaluationContext((target != null) ? target : this,
				this.method, call.getArguments(), this.names);
		if (this.headers != null) {
			context.setVariable(ListenerHeaders.VARIABLE, this.headers.of(call.getArguments()));
		}
		return this.expression.getValue(context);
	}

}
