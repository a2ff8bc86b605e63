package io.github.resiliencestarter.throttle;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.sql.DataSource;

import org.assertj.core.api.ThrowingConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.InvalidGuardException;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.ResilienceJdbcAutoConfiguration;
import io.github.resiliencestarter.jdbc.SqlDialect;
import io.github.resiliencestarter.jdbc.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link ThrottleAutoConfiguration}: {@link Throttled} methods as applications
 * have them.
 */
class ThrottleAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, ThrottleAutoConfiguration.class));

	@Test
	void callsBeyondTheRateAreRefusedWithAllThatHttpNeeds() {
		with(Rated.class, (context) -> {
			Rated bean = context.getBean(Rated.class);
			assertThat(bean.twoAnHour("a") + bean.twoAnHour("b")).isEqualTo("ab");
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> bean.twoAnHour("c"))
				.satisfies((refused) -> {
					assertThat(refused.guardName()).isEqualTo("Rated.twoAnHour");
					assertThat(refused.retryAfter()).hasValueSatisfying(
							(after) -> assertThat(after).isBetween(Duration.ofMinutes(29), Duration.ofMinutes(30)));
					assertThat(refused.quota()).hasValue(2);
					assertThat(refused.window()).contains(Duration.ofHours(1));
					assertThat(refused.remaining()).hasValue(0);
					assertThat(refused.reset()).isEqualTo(refused.retryAfter());
					assertThat(refused.getStackTrace()).isEmpty();
				});
			assertThat(context.getBean(Throttles.class).snapshot("Rated.twoAnHour"))
				.isEqualTo(new ThrottleSnapshot("Rated.twoAnHour", "2/1h", 2L, null, null, 2, 1, null));
		});
	}

	@Test
	void eachKeyHasALimitOfItsOwn() {
		with(Keyed.class, (context) -> {
			Keyed bean = context.getBean(Keyed.class);
			bean.oneForEach("a", 1);
			bean.oneForEach("b", 1);
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> bean.oneForEach("a", 2));
			bean.oneForEachOrder(new Order("a"));
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> bean.oneForEachOrder(new Order("a")));
			bean.oneForEachArray(new int[] { 1 });
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> bean.oneForEachArray(new int[] { 1 }));
			assertThat(context.getBean(Throttles.class).snapshot("Keyed.oneForEach").keys()).isEqualTo(2);
		});
	}

	@Test
	void aNullKeyIsAnErrorThatNamesTheMethod() {
		with(Keyed.class, (context) -> {
			Keyed bean = context.getBean(Keyed.class);
			assertThatIllegalArgumentException().isThrownBy(() -> bean.oneForEach(null, 1))
				.withMessageContaining("#customer")
				.withMessageContaining("oneForEach(String,int)")
				.withMessageContaining("is null");
			assertThatIllegalArgumentException().isThrownBy(() -> bean.oneForEachOrder(null))
				.withMessageContaining("cannot be evaluated");
		});
	}

	@Test
	void theSlotIsHeldUntilAnAsynchronousResultEnds() {
		with(Asynchronous.class, (context) -> {
			Asynchronous bean = context.getBean(Asynchronous.class);
			CompletableFuture<String> first = bean.stage();
			assertThat(bean.stage()).isCompletedExceptionally();
			bean.source().complete("done");
			assertThat(first).isCompletedWithValue("done");
			bean.next(new CompletableFuture<>());
			CompletableFuture<String> cancelled = bean.stage();
			cancelled.cancel(true);
			assertThat(bean.source()).isCancelled();
			bean.next(CompletableFuture.completedFuture("again"));
			assertThat(bean.stage()).isCompletedWithValue("again");
			assertThat(context.getBean(Throttles.class).snapshot("Asynchronous.stage").inFlight()).isZero();
		});
	}

	@Test
	void theSlotIsHeldUntilASubscriptionEnds() {
		with(Asynchronous.class, (context) -> {
			Asynchronous bean = context.getBean(Asynchronous.class);
			var subscription = bean.mono().subscribe();
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> bean.mono().block());
			subscription.dispose();
			bean.next(CompletableFuture.completedFuture("now"));
			assertThat(bean.mono().block()).isEqualTo("now");
			assertThat(context.getBean(Throttles.class).snapshot("Asynchronous.mono").inFlight()).isZero();
		});
	}

	@Test
	void aSubscriptionNeverWaitsForItsPermitOnAnEventLoop() {
		AtomicBoolean onEventLoop = new AtomicBoolean();
		withClock((nanos) -> onEventLoop.set(Schedulers.isInNonBlockingThread()), (bean) -> {
			bean.waiting().block();
			assertThat(bean.waiting().subscribeOn(Schedulers.parallel()).block()).isEqualTo("mono");
			assertThat(bean.waitingFlux().then(bean.waitingFlux().next()).subscribeOn(Schedulers.parallel()).block())
				.isEqualTo("flux");
			assertThat(onEventLoop).isFalse();
		});
	}

	@Test
	void cancellingASubscriptionThatWaitsInterruptsTheWaitAndDropsNoError() {
		AtomicBoolean dropped = new AtomicBoolean();
		Hooks.onErrorDropped((ex) -> dropped.set(true));
		CountDownLatch waiting = new CountDownLatch(1);
		CountDownLatch interrupted = new CountDownLatch(1);
		withClock((nanos) -> {
			waiting.countDown();
			try {
				new CountDownLatch(1).await();
			}
			finally {
				interrupted.countDown();
			}
		}, (bean) -> {
			bean.waiting().block();
			Disposable subscription = bean.waiting().subscribe();
			waiting.await();
			subscription.dispose();
			interrupted.await();
		});
		Hooks.resetOnErrorDropped();
		assertThat(dropped).isFalse();
	}

	private void withClock(Sleep sleep, ThrowingConsumer<Waiting> consumer) {
		MonotonicClock clock = new MonotonicClock() {

			@Override
			public long nanoTime() {
				return 0;
			}

			@Override
			public void sleep(long nanos) throws InterruptedException {
				sleep.sleep(nanos);
			}

		};
		this.runner.withBean(MonotonicClock.class, () -> clock)
			.withBean(Waiting.class)
			.run((context) -> consumer.accept(context.getBean(Waiting.class)));
	}

	@Test
	void aRefusalForLackOfASlotCostsNoPermitOfTheRate() {
		with(Asynchronous.class, (context) -> {
			Asynchronous bean = context.getBean(Asynchronous.class);
			bean.both();
			assertThat(bean.both()).isCompletedExceptionally();
			assertThat(bean.both()).failsWithin(Duration.ZERO)
				.withThrowableThat()
				.havingCause()
				.isInstanceOfSatisfying(ThrottledException.class, (refused) -> {
					assertThat(refused.retryAfter()).isEmpty();
					assertThat(refused.remaining()).hasValue(1);
				});
			bean.source().complete("");
			assertThat(bean.both()).isCompletedWithValue("");
		});
	}

	@Test
	void propertiesWinOverTheAnnotationAndItWinsOverDefaults() {
		this.runner.withBean(Rated.class)
			.withPropertyValues("resilience.throttle.instances[Rated.twoAnHour].rate=7/h",
					"resilience.throttle.defaults.rate=3/m", "resilience.throttle.defaults.burst=1",
					"resilience.throttle.defaults.max-wait=2ms")
			.run((context) -> {
				Throttles throttles = context.getBean(Throttles.class);
				assertThat(throttles.snapshot("Rated.twoAnHour").rate()).isEqualTo("7/h");
				assertThat(throttles.snapshot("Rated.twoAnHour").burst()).isEqualTo(1);
				assertThat(throttles.snapshot("class").rate()).isEqualTo("5/10s");
			});
	}

	@Test
	void shadowModeCountsButRefusesNothing() {
		this.runner.withBean(Rated.class)
			.withBean(Asynchronous.class)
			.withPropertyValues("resilience.throttle.defaults.mode=shadow")
			.run((context) -> {
				Rated bean = context.getBean(Rated.class);
				for (int call = 0; call < 5; call++) {
					bean.twoAnHour("x");
				}
				Asynchronous asynchronous = context.getBean(Asynchronous.class);
				asynchronous.stage();
				assertThat(asynchronous.stage()).isNotDone();
				Throttles throttles = context.getBean(Throttles.class);
				assertThat(throttles.snapshot("Rated.twoAnHour").permitted()).isEqualTo(2);
				assertThat(throttles.snapshot("Rated.twoAnHour").rejected()).isEqualTo(3);
				assertThat(throttles.snapshot("Asynchronous.stage").rejected()).isEqualTo(1);
				asynchronous.source().complete("");
				assertThat(throttles.snapshot("Asynchronous.stage").inFlight()).isZero();
			});
	}

	@Test
	void modeOffAndTheSwitchesLeaveNoGuard() {
		for (String off : new String[] { "resilience.throttle.defaults.mode=off", "resilience.throttle.enabled=false",
				"resilience.enabled=false" }) {
			this.runner.withBean(Rated.class).withPropertyValues(off).run((context) -> {
				for (int call = 0; call < 5; call++) {
					context.getBean(Rated.class).twoAnHour("x");
				}
			});
		}
	}

	@Test
	void limitsChangeWhileTheyRunWithoutForgettingWhatWasUsed() {
		with(Rated.class, (context) -> {
			Rated bean = context.getBean(Rated.class);
			bean.twoAnHour("");
			context.getBean(Throttles.class).changeRate("Rated.twoAnHour", Rate.valueOf("9/h"), 9L);
			bean.twoAnHour("");
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> bean.twoAnHour(""));
			assertThatIllegalArgumentException()
				.isThrownBy(() -> context.getBean(Throttles.class).changeConcurrency("Rated.twoAnHuor", 1))
				.withMessageContaining("Rated.twoAnHour");
		});
	}

	@Test
	void wrongUseStopsTheStartUpAndSaysWhatToDo() {
		refuses(Nothing.class, "limits nothing", "resilience.throttle.instances[Nothing.call]");
		refuses(BadRate.class, "rate = \"100 per second\"", "100/s");
		refuses(NoBurst.class, "burst = \"0\"", "at least 1");
		refuses(BurstOnly.class, "a burst but without a rate", "Give it a rate");
		refuses(Endless.class, "more than 70 years", "Lower the burst");
		refuses(UnknownParameter.class, "#custmer is no parameter", "#customer");
		refuses(NoHash.class, "'customer' has no # before it", "#customer");
		refuses(NoSpel.class, "no SpEL expression", "#customerId");
	}

	@Test
	void scopeClusterWithoutADatabaseStopsTheStartUp() {
		refuses(Shared.class, "no database to share", "spring-boot-starter-jdbc");
	}

	@Test
	void aThrottleThatIsOffNeedsNoDatabase() {
		this.runner.withBean(Shared.class)
			.withPropertyValues("resilience.throttle.defaults.mode=off")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void shadowModeLetsCallsThroughThatHaveNoKey() {
		this.runner.withBean(Keyed.class)
			.withPropertyValues("resilience.throttle.defaults.mode=shadow")
			.run((context) -> context.getBean(Keyed.class).oneForEach(null, 1));
	}

	@Test
	void scopeClusterWithoutSpringJdbcStopsTheStartUp() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.jdbc", "io.github.bucket4j"))
			.withBean(Shared.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("no database to share"));
	}

	@Test
	void scopeClusterWithoutBucket4jStopsTheStartUp() {
		this.runner.withClassLoader(new FilteredClassLoader("io.github.bucket4j"))
			.withBean(ResilienceDatabase.class,
					() -> new ResilienceDatabase(mock(DataSource.class), SqlDialect.POSTGRESQL, "resilience_"))
			.withBean(Shared.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("Bucket4j is not on the class path")
				.hasMessageContaining("com.bucket4j:bucket4j_jdk17-core"));
	}

	@Test
	void scopeClusterOfCallsInFlightStopsTheStartUp() {
		refuses(SharedConcurrency.class, "of scope CLUSTER without a rate", "Give it a rate");
	}

	@Test
	void onH2ScopeClusterIsTheInstancesOwnLimit() {
		this.runner
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					DataSourceTransactionManagerAutoConfiguration.class, ResilienceJdbcAutoConfiguration.class))
			.withBean(Shared.class)
			.run((context) -> {
				Shared bean = context.getBean(Shared.class);
				bean.call();
				assertThatExceptionOfType(ThrottledException.class).isThrownBy(bean::call);
			});
	}

	@ParameterizedTest
	@EnumSource(names = { "POSTGRESQL", "MARIADB" })
	void twoInstancesOfAnApplicationShareALimit(TestDatabase server) {
		ApplicationContextRunner instance = this.runner
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					DataSourceTransactionManagerAutoConfiguration.class, ResilienceJdbcAutoConfiguration.class))
			.withPropertyValues("spring.datasource.url=" + server.createDatabase(),
					"spring.datasource.username=" + server.username(),
					"spring.datasource.password=" + server.password(), "resilience.jdbc.initialize-schema=always",
					"resilience.throttle.store.timeout=20s")
			.withBean(Shared.class);
		instance.run((one) -> instance.run((other) -> {
			one.getBean(Shared.class).call();
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> other.getBean(Shared.class).call())
				.satisfies((refused) -> assertThat(refused.retryAfter()).isPresent());
		}));
	}

	@Test
	void aWrongPropertyStopsTheStartUp() {
		this.runner.withBean(Rated.class)
			.withPropertyValues("resilience.throttle.instances[Rated.twoAnHour].rate=many")
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("'many' is no rate"));
		this.runner.withBean(Rated.class)
			.withPropertyValues("resilience.throttle.instances[Rated.twoAnHuor].rate=1/s")
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidGuardException.class)
				.hasMessageContaining("Did you mean 'Rated.twoAnHour'?"));
	}

	private <T> void with(Class<T> bean, ContextConsumer<AssertableApplicationContext> consumer) {
		this.runner.withBean(bean).run(consumer);
	}

	private void refuses(Class<?> bean, String problem, String remedy) {
		this.runner.withBean(bean)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidGuardException.class, (invalid) -> {
					assertThat(invalid.description()).contains(bean.getSimpleName()).contains(problem);
					assertThat(invalid.remedy()).contains(remedy);
				}));
	}

	static class Rated {

		@Throttled("2/1h")
		public String twoAnHour(String text) {
			return text;
		}

		@Throttled(rate = "5/10s", name = "class")
		public void named() {
		}

	}

	record Order(String customer) {
	}

	static class Keyed {

		@Throttled(rate = "1/h", key = "#customer")
		public void oneForEach(@Nullable String customer, int number) {
		}

		@Throttled(rate = "1/h", key = "#order.customer + '-'")
		public void oneForEachOrder(@Nullable Order order) {
		}

		@Throttled(rate = "1/h", key = "#p0")
		public void oneForEachArray(int[] key) {
		}

	}

	static class Asynchronous {

		private volatile CompletableFuture<String> source = new CompletableFuture<>();

		public CompletableFuture<String> source() {
			return this.source;
		}

		public void next(CompletableFuture<String> source) {
			this.source = source;
		}

		@Throttled(concurrency = "1")
		public CompletableFuture<String> stage() {
			return this.source;
		}

		@Throttled(concurrency = "1")
		public Mono<String> mono() {
			return Mono.fromFuture(this.source);
		}

		@Throttled(rate = "2/h", concurrency = "1")
		public CompletableFuture<String> both() {
			return this.source;
		}

	}

	static class Shared {

		@Throttled(rate = "1/h", scope = Throttled.Scope.CLUSTER)
		public void call() {
		}

	}

	static class SharedConcurrency {

		@Throttled(concurrency = "1", scope = Throttled.Scope.CLUSTER)
		public void call() {
		}

	}

	interface Sleep {

		void sleep(long nanos) throws InterruptedException;

	}

	static class Waiting {

		@Throttled(rate = "1/s", maxWait = "1m")
		public Mono<String> waiting() {
			return Mono.just("mono");
		}

		@Throttled(rate = "1/s", maxWait = "1m")
		public Flux<String> waitingFlux() {
			return Flux.just("flux");
		}

	}

	static class Nothing {

		@Throttled
		public void call() {
		}

	}

	static class BadRate {

		@Throttled("100 per second")
		public void call() {
		}

	}

	static class NoBurst {

		@Throttled(rate = "1/s", burst = "0")
		public void call() {
		}

	}

	static class BurstOnly {

		@Throttled(concurrency = "1", burst = "1")
		public void call() {
		}

	}

	static class Endless {

		@Throttled(rate = "1/365d", burst = "1000")
		public void call() {
		}

	}

	static class UnknownParameter {

		@Throttled(rate = "1/s", key = "#custmer")
		public void call(String customer) {
		}

	}

	static class NoHash {

		@Throttled(rate = "1/s", key = "customer.length() + 'x'")
		public void call(String customer) {
		}

	}

	static class NoSpel {

		@Throttled(rate = "1/s", key = "#customer +")
		public void call(String customer) {
		}

	}

}
