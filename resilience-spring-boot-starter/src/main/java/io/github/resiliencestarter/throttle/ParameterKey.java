package io.github.resiliencestarter.throttle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.expression.spel.SpelEvaluationException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.SpelParseException;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.Projection;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.Selection;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.StandardEvaluationContext;

import io.github.resiliencestarter.guard.GuardedMethod;

/**
 * The key that a SpEL expression takes from the arguments. Parsed once, when the bean is
 * made; an expression that is just a parameter is read without SpEL.
 */
final class ParameterKey implements ThrottleKey {

	private static final SpelExpressionParser PARSER = new SpelExpressionParser();

	/** Accessors find members by reflection, once: all calls share them. */
	private static final StandardEvaluationContext SHARED = new StandardEvaluationContext();

	private final GuardedMethod method;

	private final SpelExpression expression;

	private final Map<String, Integer> parameters;

	private final int onlyParameter;

	private ParameterKey(GuardedMethod method, SpelExpression expression, Map<String, Integer> parameters) {
		this.method = method;
		this.expression = expression;
		this.parameters = parameters;
		this.onlyParameter = (expression.getAST() instanceof VariableReference)
				? parameters.getOrDefault(variable(expression.getAST()), -1) : -1;
	}

	/**
	 * Compile an expression for a method.
	 * @param method the method
	 * @param text the expression
	 * @return the key
	 */
	static ThrottleKey of(GuardedMethod method, String text) {
		Map<String, Integer> parameters = parameters(method);
		try {
			SpelExpression expression = PARSER.parseRaw(text);
			List<String> problems = new ArrayList<>();
			collectProblems(expression.getAST(), parameters, true, problems);
			if (!problems.isEmpty()) {
				throw method.invalid("has @Throttled with key = \"" + text + "\", in which " + problems.get(0),
						"The method's parameters are " + parameterList(parameters) + ".");
			}
			return new ParameterKey(method, expression, parameters);
		}
		catch (SpelParseException ex) {
			throw method.invalid("has @Throttled with key = \"" + text + "\", which is no SpEL expression ("
					+ ex.getSimpleMessage() + ")", "Write an expression such as #customerId or #order.customerId.");
		}
	}

	private static Map<String, Integer> parameters(GuardedMethod method) {
		Map<String, Integer> parameters = new HashMap<>();
		String[] names = new DefaultParameterNameDiscoverer().getParameterNames(method.method());
		for (int index = 0; index < method.method().getParameterCount(); index++) {
			parameters.put("p" + index, index);
			parameters.put("a" + index, index);
		}
		for (int index = 0; names != null && index < names.length; index++) {
			parameters.put(names[index], index);
		}
		return parameters;
	}

	private static String parameterList(Map<String, Integer> parameters) {
		List<String> names = parameters.keySet().stream().sorted().map((name) -> "#" + name).toList();
		return names.isEmpty() ? "none" : String.join(", ", names);
	}

	/**
	 * Look for names that nothing can stand for.
	 * @param node where to look
	 * @param parameters the names that there are
	 * @param root whether a name without # would be looked for in the root object, which
	 * there is none
	 * @param problems where to tell
	 */
	private static void collectProblems(SpelNode node, Map<String, Integer> parameters, boolean root,
			List<String> problems) {
		if (node instanceof VariableReference && root && !parameters.containsKey(variable(node))) {
			problems.add(node.toStringAST() + " is no parameter");
		}
		if (root && (node instanceof PropertyOrFieldReference || node instanceof MethodReference)) {
			problems.add("'" + node.toStringAST() + "' has no # before it");
		}
		boolean ownRoot = node instanceof Projection || node instanceof Selection;
		for (int index = 0; index < node.getChildCount(); index++) {
			boolean continues = node instanceof CompoundExpression && index > 0;
			SpelNode child = node.getChild(index);
			if (continues && (child instanceof MethodReference || child instanceof PropertyOrFieldReference)) {
				for (int argument = 0; argument < child.getChildCount(); argument++) {
					collectProblems(child.getChild(argument), parameters, root, problems);
				}
			}
			else {
				collectProblems(child, parameters, root && !ownRoot, problems);
			}
		}
	}

	private static String variable(SpelNode reference) {
		return reference.toStringAST().substring(1);
	}

	@Override
	public Object of(MethodInvocation call) {
		@Nullable Object[] arguments = call.getArguments();
		Object key = (this.onlyParameter >= 0) ? arguments[this.onlyParameter] : evaluate(arguments);
		if (key == null) {
			throw new IllegalArgumentException("The key " + this.expression.getExpressionString() + " of @Throttled on "
					+ this.method + " is null. Refuse such calls beforehand, or give the key a default: "
					+ this.expression.getExpressionString() + " ?: 'none'");
		}
		return ThrottleKey.comparable(key);
	}

	private @Nullable Object evaluate(@Nullable Object[] arguments) {
		try {
			return this.expression.getValue(new Arguments(this.parameters, arguments));
		}
		catch (SpelEvaluationException ex) {
			throw new IllegalArgumentException("The key " + this.expression.getExpressionString() + " of @Throttled on "
					+ this.method + " cannot be evaluated: " + ex.getSimpleMessage(), ex);
		}
	}

	/**
	 * Looks variables up in the arguments, without copying them.
	 */
	private static final class Arguments extends StandardEvaluationContext {

		private final Map<String, Integer> parameters;

		private final @Nullable Object[] arguments;

		Arguments(Map<String, Integer> parameters, @Nullable Object[] arguments) {
			this.parameters = parameters;
			this.arguments = arguments;
			setPropertyAccessors(SHARED.getPropertyAccessors());
			setIndexAccessors(SHARED.getIndexAccessors());
			setMethodResolvers(SHARED.getMethodResolvers());
			setTypeConverter(SHARED.getTypeConverter());
		}

		@Override
		public @Nullable Object lookupVariable(String name) {
			Integer index = this.parameters.get(name);
			return (index != null) ? this.arguments[index] : super.lookupVariable(name);
		}

	}

}
