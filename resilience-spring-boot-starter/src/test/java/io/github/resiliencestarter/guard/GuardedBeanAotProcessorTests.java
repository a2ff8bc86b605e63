package io.github.resiliencestarter.guard;

import java.util.List;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerAutoConfiguration;
import io.github.resiliencestarter.circuitbreaker.SlidingWindow;
import io.github.resiliencestarter.io.IoAutoConfiguration;
import io.github.resiliencestarter.throttle.Rate;
import io.github.resiliencestarter.throttle.ThrottleAutoConfiguration;
import io.github.resiliencestarter.web.DeadlineRestClientAutoConfiguration;
import org.junit.jupiter.api.Test;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.JettyClientHttpRequestFactory;
import org.springframework.http.client.ReactorClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
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

	@Test
	void aNativeImageKeepsFallbacksThatAreDefaultMethods() {
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(Answering.class)
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_METHODS)).accepts(process());
	}

	@Test
	void aNativeImageKeepsFallbacksOfASuperclassAndNothingOfBeansWithoutGuards() {
		RuntimeHints hints = process();
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(Base.class)
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_METHODS)).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(Unguarded.class)
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_METHODS)).rejects(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(Object.class)
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_METHODS)).rejects(hints);
	}

	@Test
	void aNativeImageBindsTextToRatesAndWindows() {
		RuntimeHints hints = process(ThrottleAutoConfiguration.class, CircuitBreakerAutoConfiguration.class);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Rate.class, "valueOf")).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(SlidingWindow.class, "of")).accepts(hints);
	}

	@Test
	void aNativeImageLimitsTheReadTimeoutOfClients() throws Exception {
		RuntimeHints hints = process(DeadlineRestClientAutoConfiguration.class);
		for (Class<?> factory : List.of(HttpComponentsClientHttpRequestFactory.class, JdkClientHttpRequestFactory.class,
				JettyClientHttpRequestFactory.class, ReactorClientHttpRequestFactory.class,
				SimpleClientHttpRequestFactory.class)) {
			assertThat(RuntimeHintsPredicates.reflection()
				.onType(factory)
				.withMemberCategories(MemberCategory.ACCESS_DECLARED_FIELDS, MemberCategory.INVOKE_PUBLIC_METHODS,
						MemberCategory.UNSAFE_ALLOCATED))
				.accepts(hints);
		}
		assertThat(RuntimeHintsPredicates.reflection()
			.onFieldAccess("org.springframework.web.client.DefaultRestClientBuilder", "requestFactory")).accepts(hints);
	}

	@Test
	void aNativeImageAuditsClients() throws Exception {
		RuntimeHints hints = process(IoAutoConfiguration.class);
		assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(JdkClientHttpRequestFactory.class, "httpClient"))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onFieldAccess(SimpleClientHttpRequestFactory.class, "connectTimeout")).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onFieldAccess("org.springframework.web.client.DefaultRestClient", "clientRequestFactory")).accepts(hints);
	}

	private static RuntimeHints process(Class<?>... configurations) {
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get("com.example", "Application")), new InMemoryGeneratedFiles());
		GenericApplicationContext context = new AnnotationConfigApplicationContext();
		context.registerBean(GuardAutoConfiguration.class);
		context.registerBean("factory", InnerFactory.class);
		context.registerBean("service", GuardAutoConfigurationTests.Service.class);
		context.registerBean("answered", Answered.class);
		context.registerBean("unguarded", Unguarded.class);
		for (Class<?> configuration : configurations) {
			context.registerBean(configuration);
		}
		new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		return generation.getRuntimeHints();
	}

	interface Answering {

		default void answer() {
		}

	}

	static class Base {

		@SuppressWarnings("unused")
		private void answerInstead() {
		}

	}

	static class Unguarded {

		public void plain() {
		}

	}

	static class Answered extends Base implements Answering {

		@GuardAutoConfigurationTests.Inner
		public void guarded() {
		}

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
