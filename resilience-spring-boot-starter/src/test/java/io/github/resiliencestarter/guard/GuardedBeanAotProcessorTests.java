package io.github.resiliencestarter.guard;

import org.junit.jupiter.api.Test;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.javapoet.ClassName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GuardedBeanAotProcessor} and the schema's hints.
 */
class GuardedBeanAotProcessorTests {

	@Test
	void aNativeImageKeepsTheMethodsOfGuardedBeansAndTheSchema() {
		RuntimeHints hints = process();
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(GuardAutoConfigurationTests.Service.class, "both")).accepts(hints);
		assertThat(
				RuntimeHintsPredicates.resource().forResource("io/github/resiliencestarter/jdbc/schema-postgresql.sql"))
			.accepts(hints);
	}

	private static RuntimeHints process() {
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get("com.example", "Application")), new InMemoryGeneratedFiles());
		GenericApplicationContext context = new AnnotationConfigApplicationContext();
		context.registerBean(GuardAutoConfiguration.class);
		context.registerBean("factory", InnerFactory.class);
		context.registerBean("service", GuardAutoConfigurationTests.Service.class);
		new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		return generation.getRuntimeHints();
	}

	static class InnerFactory implements GuardFactory {

		@Override
		public GuardOrder order() {
			return GuardOrder.THROTTLE;
		}

		@Override
		public boolean guards(GuardedMethod method) {
			return method.has(GuardAutoConfigurationTests.Inner.class);
		}

		@Override
		public Guard create(GuardedMethod method, Guard next) {
			return (call) -> next.call(call);
		}

	}

}
