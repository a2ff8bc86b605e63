package io.github.resiliencestarter.guard;

import java.lang.annotation.Annotation;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.Advised;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GuardAutoConfiguration}: which methods get which chain.
 */
class GuardAutoConfigurationTests {

	private final List<String> log = new ArrayList<>();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, AopAutoConfiguration.class))
		.withBean("inner", GuardFactory.class, () -> new LoggingFactory(GuardOrder.THROTTLE, Inner.class, this.log))
		.withBean("outer", GuardFactory.class, () -> new LoggingFactory(GuardOrder.RETRY, Outer.class, this.log))
		.withBean("deadline", GuardFactory.class, () -> new LoggingFactory(GuardOrder.DEADLINE, Never.class, this.log));

	@Test
	void guardsNestInTheOrderOfTheEnumWhateverTheOrderOfTheBeans() {
		this.runner.withBean(Service.class).run((context) -> {
			assertThat(context.getBean(Service.class).both()).isEqualTo("both");
			assertThat(this.log).containsExactly("DEADLINE", "RETRY", "THROTTLE");
			assertThat(context.getBean(GuardPlans.class).all())
				.filteredOn((plan) -> plan.method().name().endsWith("both"))
				.singleElement()
				.satisfies((plan) -> assertThat(plan.labels()).containsExactly("retry", "throttle"));
		});
	}

	@Test
	void methodsWithoutGuardsAreLeftAlone() {
		this.runner.withBean(Service.class).run((context) -> {
			context.getBean(Service.class).none();
			assertThat(this.log).isEmpty();
		});
		this.runner.withBean(Plain.class)
			.run((context) -> assertThat(context.getBean(Plain.class)).isNotInstanceOf(Advised.class));
	}

	@Test
	void anAnnotationOnAnInterfaceOrAClassOrAnotherAnnotationGuards() {
		this.runner.withBean(OnType.class).withBean(OnInterface.class).withBean(Composed.class).run((context) -> {
			context.getBean(OnType.class).anything();
			context.getBean(OnInterface.class).call();
			context.getBean(Composed.class).composed();
			assertThat(this.log).containsExactly("DEADLINE", "THROTTLE", "DEADLINE", "RETRY", "DEADLINE", "THROTTLE");
		});
	}

	@Test
	void aJdkProxyGuardsMethodsThatTheClassDeclares() {
		this.runner.withPropertyValues("spring.aop.proxy-target-class=false")
			.withBean(OnInterface.class)
			.run((context) -> {
				context.getBean(Contract.class).call();
				assertThat(this.log).containsExactly("DEADLINE", "RETRY");
				assertThat(context.getBeansOfType(OnInterface.class)).isEmpty();
			});
	}

	@Test
	void overloadsHaveTheirParametersInTheirNames() {
		this.runner.withBean(Overloaded.class)
			.run((context) -> assertThat(context.getBean(GuardPlans.class).all())
				.extracting((plan) -> plan.method().name())
				.containsExactly("Overloaded.call(String)", "Overloaded.call(String,int)"));
	}

	@Test
	void aScopedProxyIsGuardedOnce() {
		this.runner
			.withInitializer((context) -> context.getBeanFactory().registerScope("thread", new SimpleThreadScope()))
			.withUserConfiguration(ScopedConfiguration.class)
			.run((context) -> {
				context.getBean(Service.class).both();
				assertThat(this.log).containsExactly("DEADLINE", "RETRY", "THROTTLE");
			});
	}

	@Test
	void aHundredThousandPrototypesLeaveNothingBehind() {
		this.runner.withUserConfiguration(PrototypeConfiguration.class).run((context) -> {
			Class<?> proxyClass = context.getBean(Service.class).getClass();
			WeakReference<Service> first = new WeakReference<>(context.getBean(Service.class));
			for (int count = 0; count < 100_000; count++) {
				assertThat(context.getBean(Service.class).getClass()).isSameAs(proxyClass);
			}
			assertThat(collected(first)).isTrue();
			assertThat(context.getBean(GuardPlans.class).all()).hasSize(1);
		});
	}

	@Test
	void aPrivateGuardedMethodStopsTheStartUp() {
		assertStops(PrivateMethod.class, "PrivateMethod.hidden()", "private");
	}

	@Test
	void aFinalGuardedMethodStopsTheStartUp() {
		assertStops(FinalMethod.class, "FinalMethod.last()", "final");
	}

	@Test
	void aStaticGuardedMethodStopsTheStartUp() {
		assertStops(StaticMethod.class, "StaticMethod.shared()", "static");
	}

	@Test
	void aClassThatPassesItsOwnGuardByStopsTheStartUp() {
		ApplicationContextRunner selfish = this.runner.withBean(SelfInvoking.class);
		selfish.run((context) -> assertThat(context).getFailure()
			.rootCause()
			.isInstanceOf(InvalidGuardException.class)
			.hasMessageContaining("SelfInvoking.guarded()")
			.hasMessageContaining("on 'this' by all"));
		selfish.withPropertyValues("resilience.self-invocation=warn")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void aFinalGuardedClassStopsTheStartUp() {
		assertStops(FinalClass.class, "FinalClass.call()", "final");
	}

	@Test
	void aMistakeInALazyBeanShowsAtStartUp() {
		this.runner.withUserConfiguration(LazyConfiguration.class)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidGuardException.class)
				.hasMessageContaining("PrivateMethod.hidden()"));
	}

	@Test
	void aPropertyThatSpeaksOfNoGuardStopsTheStartUpAndSuggestsAName() {
		ApplicationContextRunner misspelt = this.runner.withBean(ConfiguredInstances.class, Misspelt::new);
		misspelt.run((context) -> assertThat(context).getFailure()
			.isInstanceOf(InvalidGuardException.class)
			.hasMessageContaining("resilience.test.instances[payment]")
			.hasMessageContaining("Did you mean 'payments'?"));
		misspelt.withPropertyValues("resilience.fail-on-unknown-names=false")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@ValueSource(strings = { "instances.orders.max-wiat", "instances[orders].max-wiat", "instances.orders.maxWiat",
			"defaults.max-wiat" })
	void aPropertyOfNoSettingStopsTheStartUpAndSuggestsOne(String misspelt) {
		ApplicationContextRunner runner = this.runner.withBean(ConfiguredInstances.class, Known::new)
			.withPropertyValues("resilience.test." + misspelt + "=5s");
		runner.run((context) -> assertThat(context).getFailure()
			.isInstanceOf(InvalidGuardException.class)
			.hasMessageContaining("resilience.test." + misspelt.substring(0, misspelt.indexOf('s') + 1))
			.hasMessageContaining("Did you mean 'max-wait'?"));
		runner.withPropertyValues("resilience.fail-on-unknown-names=false")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void aNameWithADotOutsideBracketsStopsTheStartUp() {
		this.runner.withBean(ConfiguredInstances.class, Known::new)
			.withPropertyValues("resilience.test.instances.Orders.place.max-wait=5s")
			.run((context) -> assertThat(context).getFailure().hasMessageContaining("instances[OrderService.place]"));
	}

	@Test
	void settingsMayBeSpeltInEveryFormThatBinds() {
		this.runner.withBean(ConfiguredInstances.class, Known::new)
			.withPropertyValues("resilience.test.instances.orders.max-wait=5s",
					"resilience.test.instances[orders].maxWait=5s", "resilience.test.instances.orders.max_wait=5s",
					"resilience.test.defaults.ignored[0]=a", "resilience.test.names=a", "resilience.test.other.thing=a")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void nothingIsGuardedWhenSwitchedOff() {
		this.runner.withPropertyValues("resilience.enabled=false").withBean(Service.class).run((context) -> {
			context.getBean(Service.class).both();
			assertThat(this.log).isEmpty();
		});
	}

	@Test
	void twoContextsInOneJvmDoNotShareGuards() {
		this.runner.withBean(Service.class)
			.run((first) -> this.runner.withBean(Service.class)
				.run((second) -> assertThat(first.getBean(GuardPlans.class).all().get(0).head())
					.isNotSameAs(second.getBean(GuardPlans.class).all().get(0).head())));
	}

	private void assertStops(Class<?> type, String method, String obstacle) {
		this.runner.withUserConfiguration(type)
			.run((context) -> assertThat(context).getFailure()
				.hasRootCauseInstanceOf(InvalidGuardException.class)
				.rootCause()
				.hasMessageContaining(method)
				.hasMessageContaining(obstacle)
				.hasMessageContaining("Remove"));
	}

	private static boolean collected(WeakReference<?> reference) {
		for (int attempt = 0; attempt < 20 && reference.get() != null; attempt++) {
			System.gc();
		}
		return reference.get() == null;
	}

	@Retention(RetentionPolicy.RUNTIME)
	@interface Inner {

	}

	@Retention(RetentionPolicy.RUNTIME)
	@interface Outer {

	}

	@Retention(RetentionPolicy.RUNTIME)
	@interface Never {

	}

	@Inner
	@Retention(RetentionPolicy.RUNTIME)
	@interface Meta {

	}

	record LoggingFactory(GuardOrder order, Class<? extends Annotation> annotation,
			List<String> log) implements GuardFactory {

		@Override
		public boolean guards(GuardedMethod method) {
			return method.has(this.annotation);
		}

		@Override
		public Guard create(GuardedMethod method, Guard next) {
			return (call) -> logged(call, next);
		}

		private @Nullable Object logged(MethodInvocation call, Guard next) throws Throwable {
			this.log.add(this.order.name());
			return next.call(call);
		}

	}

	record Settings(Duration maxWait, List<String> ignored) {
	}

	static class Misspelt extends Known {

		@Override
		public Set<String> configured() {
			return Set.of("payment");
		}

	}

	static class Known implements ConfiguredInstances {

		@Override
		public String prefix() {
			return "resilience.test.instances";
		}

		@Override
		public Set<String> configured() {
			return Set.of("orders");
		}

		@Override
		public Set<String> known() {
			return Set.of("payments", "orders");
		}

		@Override
		public Class<? extends Record> settings() {
			return Settings.class;
		}

	}

	static class Plain {

	}

	static class Service {

		@Inner
		@Outer
		public String both() {
			return "both";
		}

		public void none() {
		}

	}

	@Inner
	static class OnType {

		public void anything() {
		}

	}

	interface Contract {

		@Outer
		void call();

	}

	static class OnInterface implements Contract {

		@Override
		public void call() {
		}

	}

	static class Composed {

		@Meta
		public void composed() {
		}

	}

	static class Overloaded {

		@Inner
		public void call(String text) {
		}

		@Inner
		public void call(String text, int number) {
		}

	}

	static class PrivateMethod {

		Callable<Integer> use = this::hidden;

		@Inner
		private int hidden() {
			return 1;
		}

	}

	static class SelfInvoking {

		public void all() {
			guarded();
		}

		@Inner
		public void guarded() {
		}

	}

	static class FinalMethod {

		@Inner
		public final void last() {
		}

	}

	static class StaticMethod {

		@Inner
		public static void shared() {
		}

	}

	static final class FinalClass {

		@Inner
		public void call() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedConfiguration {

		@Bean
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		Service service() {
			return new Service();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrototypeConfiguration {

		@Bean
		@Scope("prototype")
		Service service() {
			return new Service();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyConfiguration {

		@Bean
		@Lazy
		PrivateMethod privateMethod() {
			return new PrivateMethod();
		}

	}

}
