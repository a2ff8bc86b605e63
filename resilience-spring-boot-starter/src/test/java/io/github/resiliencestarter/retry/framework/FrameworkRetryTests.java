package io.github.resiliencestarter.retry.framework;

import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import io.github.resiliencestarter.fallback.Fallback;
import io.github.resiliencestarter.fallback.FallbackAutoConfiguration;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.InvalidGuardException;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.guard.VirtualClock;
import io.github.resiliencestarter.retry.Retries;
import io.github.resiliencestarter.retry.RetryAutoConfiguration;
import io.github.resiliencestarter.throttle.ThrottledException;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.resilience.retry.MethodRetryEvent;
import org.springframework.resilience.retry.MethodRetryPredicate;
import org.springframework.web.client.HttpServerErrorException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for the framework's {@code @Retryable} in the chain's place.
 */
class FrameworkRetryTests {

	private final VirtualClock clock = new VirtualClock();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, RetryAutoConfiguration.class,
				FrameworkRetryAutoConfiguration.class, FallbackAutoConfiguration.class, AopAutoConfiguration.class))
		.withBean(MonotonicClock.class, () -> this.clock);

	@Test
	void retriesWithoutEnableResilientMethodsAndWaitsOnTheMonotonicClock() {
		with(Service.class, (bean, retries) -> {
			bean.script(new IOException("1"), new IOException("2"), null);
			assertThat(bean.call()).isEqualTo("live");
			assertThat(bean.calls()).isEqualTo(3);
			assertThat(this.clock.nanoTime()).isEqualTo(Duration.ofMillis(150).toNanos());
			assertThat(retries.snapshot("Service.call").successWithRetry()).isOne();
			assertThat(bean.call()).isEqualTo("live");
			assertThat(retries.snapshot("Service.call").successWithoutRetry()).isOne();
		});
	}

	@Test
	void theLastFailureReachesTheCallerUnchanged() {
		with(Service.class, (bean, retries) -> {
			IOException last = new IOException("3");
			bean.script(new IOException("1"), new IOException("2"), last, null);
			assertThatExceptionOfType(IOException.class).isThrownBy(bean::call).isSameAs(last);
			assertThat(bean.calls()).isEqualTo(3);
			assertThat(retries.snapshot("Service.call").failedWithRetry()).isOne();
		});
	}

	@Test
	void excludedFailuresAndThoseThatThePredicateRefusesAreNotRetried() {
		with(Service.class, (bean, retries) -> {
			bean.script(new IllegalArgumentException("bug"), null);
			assertThatIllegalArgumentException().isThrownBy(bean::call);
			bean.script(new IOException("final"), null);
			assertThatExceptionOfType(IOException.class).isThrownBy(bean::call);
			assertThat(bean.calls()).isEqualTo(2);
		});
	}

	@Test
	void errorsAreNotRetriedByDefault() {
		with(Everything.class, (bean, retries) -> {
			bean.script(new OutOfMemoryError("test"), null);
			assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(bean::call);
			bean.script(new InterruptedException(), null);
			assertThatExceptionOfType(InterruptedException.class).isThrownBy(bean::call);
			bean.script(new ThrottledException("prices", null), null);
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(bean::call);
			assertThat(bean.calls()).isEqualTo(3);
		});
	}

	@Test
	void theTimeLimitIsMeasuredOnTheMonotonicClock() {
		with(Limited.class, (bean, retries) -> {
			bean.script(new IOException("1"), new IOException("2"), new IOException("3"), new IOException("4"), null);
			assertThatExceptionOfType(IOException.class).isThrownBy(bean::call).withMessage("3");
			assertThat(this.clock.nanoTime()).isEqualTo(Duration.ofMillis(200).toNanos());
		});
	}

	@Test
	void noWaitAndNoAttemptWhereTheBackOffDoesNotFitIntoTheDeadline() {
		with(Service.class, (bean, retries) -> {
			bean.script(new IOException("1"), new IOException("2"), null);
			TimeBudget budget = TimeBudget.ofThread();
			long previous = budget.shortenTo(this.clock.nanoTime() + Duration.ofMillis(120).toNanos());
			try {
				assertThatExceptionOfType(IOException.class).isThrownBy(bean::call).withMessage("2");
			}
			finally {
				budget.restore(previous);
			}
			assertThat(this.clock.nanoTime()).isEqualTo(Duration.ofMillis(50).toNanos());
		});
	}

	@Test
	void retryAfterOfAnHttpErrorLengthensTheWait() {
		with(Everything.class, (bean, retries) -> {
			bean.script(http("7"), new IllegalStateException("wrapped", http("Wed, 21 Oct 2015 07:28:11 GMT")), null);
			assertThat(bean.call()).isEqualTo("live");
			assertThat(this.clock.nanoTime()).isEqualTo(Duration.ofSeconds(7 + 11).toNanos());
		});
	}

	@Test
	void retryAfterBeyondTheDeadlineOrBeyondReasonGivesUpAtOnce() {
		with(Everything.class, (bean, retries) -> {
			bean.script(http("3600"), null);
			assertThatExceptionOfType(HttpServerErrorException.class).isThrownBy(bean::call);
			assertThat(bean.calls()).isOne();
			assertThat(this.clock.nanoTime()).isZero();
		});
	}

	@Test
	void interruptionDuringBackOffEndsTheCallAndKeepsTheFlag() {
		with(Service.class, (bean, retries) -> {
			bean.script(new IOException("1"), null);
			Thread.currentThread().interrupt();
			try {
				assertThatExceptionOfType(IOException.class).isThrownBy(bean::call);
				assertThat(bean.calls()).isOne();
			}
			finally {
				assertThat(Thread.interrupted()).isTrue();
			}
		});
	}

	@Test
	void anExhaustedBudgetThrowsTheLastFailure() {
		this.runner.withPropertyValues("resilience.retry.budget.ratio=0", "resilience.retry.budget.min-per-second=1")
			.withBean(Everything.class)
			.run((context) -> {
				Everything bean = context.getBean(Everything.class);
				bean.script(new IOException("1"), new IOException("2"), null);
				assertThatExceptionOfType(IOException.class).isThrownBy(bean::call).withMessage("2");
				assertThat(context.getBean(Retries.class).snapshot("Everything.call").budgetExhausted()).isOne();
			});
	}

	@Test
	void theFrameworksEventsAreStillPublished() {
		List<String> events = new ArrayList<>();
		this.runner.withBean("listener", ApplicationListener.class, () -> new Events(events))
			.withBean(Service.class)
			.run((context) -> {
				Service bean = context.getBean(Service.class);
				bean.script(new IOException("1"), new IOException("final"), null);
				assertThatExceptionOfType(IOException.class).isThrownBy(bean::call);
				assertThat(events).containsExactly("call 1 false", "call final false", "call final true");
			});
	}

	@Test
	void placeholdersDurationsAndComposedAnnotationsAreRead() {
		this.runner.withPropertyValues("my.retries=1", "my.delay=3s").withBean(Composed.class).run((context) -> {
			Composed bean = context.getBean(Composed.class);
			bean.script(new IOException("1"), new IOException("2"), null);
			assertThatExceptionOfType(IOException.class).isThrownBy(bean::call).withMessage("2");
			assertThat(this.clock.nanoTime()).isEqualTo(Duration.ofSeconds(3).toNanos());
		});
	}

	@Test
	void aClassLevelAnnotationRetriesInheritedMethodsToo() {
		with(OnClass.class, (bean, retries) -> {
			bean.script(new IOException("1"), null);
			assertThat(bean.inherited()).isEqualTo("live");
		});
	}

	@Test
	void aStageIsRetriedWhenItFails() {
		with(Stages.class, (bean, retries) -> {
			bean.script(new IOException("1"), new IOException("2"), null);
			assertThat(bean.call(false).toCompletableFuture().get()).isEqualTo("live");
			assertThat(bean.calls()).isEqualTo(3);
			assertThat(retries.snapshot("Stages.call").successWithRetry()).isOne();
			bean.script(new IOException("early"), null);
			assertThat(bean.call(true).toCompletableFuture().get()).isEqualTo("live");
		});
	}

	@Test
	void everyAttemptOfAStageHasItsCallersDeadline() {
		with(Stages.class, (bean, retries) -> {
			bean.script(new IOException("1"), new IOException("2"), null);
			List<Long> ends = new CopyOnWriteArrayList<>();
			long end = this.clock.nanoTime() + Duration.ofMinutes(1).toNanos();
			TimeBudget budget = TimeBudget.ofThread();
			long previous = budget.shortenTo(end);
			CompletionStage<String> stage = bean.noting(ends);
			budget.restore(previous);
			assertThat(stage.toCompletableFuture().get()).isEqualTo("live");
			assertThat(ends).containsExactly(end, end, end);
		});
	}

	@Test
	void aStageThatFailsForGoodFailsWithItsLastFailure() {
		with(Stages.class, (bean, retries) -> {
			bean.script(new IOException("1"), new IOException("2"), new IOException("3"), new IOException("4"));
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(bean.call(false).toCompletableFuture()::get)
				.havingCause()
				.isInstanceOf(IOException.class)
				.withMessage("3");
			assertThat(retries.snapshot("Stages.call").failedWithRetry()).isOne();
		});
	}

	@Test
	void cancellingARetriedStageCancelsTheRunningAttemptAndStartsNoOther() {
		with(Stages.class, (bean, retries) -> {
			CompletableFuture<String> result = bean.endless().toCompletableFuture();
			result.cancel(true);
			assertThat(bean.source()).isCancelled();
			assertThat(bean.calls()).isOne();
		});
	}

	@Test
	void publishersAreRetriedForEachSubscriptionAndFailWithTheLastFailure() {
		with(Publishers.class, (bean, retries) -> {
			bean.script(new IOException("1"), null, new IOException("2"), null);
			Mono<String> mono = bean.mono();
			StepVerifier.create(mono).expectNext("live").verifyComplete();
			StepVerifier.create(mono).expectNext("live").verifyComplete();
			assertThat(bean.calls()).isEqualTo(4);
			assertThat(retries.snapshot("Publishers.mono").successWithRetry()).isEqualTo(2);
			bean.script(new IOException("1"), new IOException("2"), new IOException("3"), null);
			StepVerifier.create(bean.flux()).verifyErrorMessage("3");
			assertThat(retries.snapshot("Publishers.flux").failedWithRetry()).isOne();
		});
	}

	@Test
	void rejectionsAndTheBudgetHoldForPublishersToo() {
		this.runner.withPropertyValues("resilience.retry.budget.ratio=0", "resilience.retry.budget.min-per-second=1")
			.withBean(Publishers.class)
			.run((context) -> {
				Publishers bean = context.getBean(Publishers.class);
				bean.script(new ThrottledException("prices", null), null);
				StepVerifier.create(bean.mono()).verifyError(ThrottledException.class);
				bean.script(new IOException("1"), new IOException("2"), null);
				StepVerifier.create(bean.mono()).verifyErrorMessage("2");
				assertThat(context.getBean(Retries.class).snapshot("Publishers.mono").budgetExhausted()).isOne();
			});
	}

	@Test
	void aNamedRejectionUsesUpNoAttemptOfAPublisher() {
		with(Publishers.class, (bean, retries) -> {
			ThrottledException rejection = new ThrottledException("prices", Duration.ofMillis(1));
			bean.script(new IOException("1"), rejection, rejection, new IOException("2"), null);
			StepVerifier.create(bean.namesRejection()).expectNext("live").verifyComplete();
			assertThat(bean.calls()).isEqualTo(5);
		});
	}

	@Test
	void fallbackIsOutsideRetry() {
		with(WithFallback.class, (bean, retries) -> {
			bean.script(new IOException("1"), new IOException("2"), null);
			assertThat(bean.call()).isEqualTo("fallback 2");
		});
	}

	@Test
	void enableResilientMethodsOfTheApplicationStopsTheStartUp() {
		this.runner.withUserConfiguration(Enabling.class)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidGuardException.class)
				.hasMessageContaining("@EnableResilientMethods"));
		this.runner.withUserConfiguration(Enabling.class)
			.withPropertyValues("resilience.retry.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void wrongAttributesStopTheStartUp() {
		assertStops(WrongText.class, "WrongText.call()", "delayString = \"soon\"");
		assertStops(WrongPlaceholder.class, "maxRetriesString = \"${absent}\"");
		assertStops(WrongMultiplier.class, "multiplier = \"0.5\"");
		assertStops(WrongRetries.class, "maxRetries = \"-1\"");
		assertStops(WrongResult.class, "returns a Future");
	}

	private void assertStops(Class<?> type, String... messages) {
		this.runner.withBean(type)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidGuardException.class)
				.hasMessageContainingAll(messages));
	}

	private <T> void with(Class<T> type, Check<T> check) {
		this.runner.withBean(type).run((context) -> check.run(context.getBean(type), context.getBean(Retries.class)));
	}

	private static HttpServerErrorException http(String retryAfter) {
		HttpHeaders headers = new HttpHeaders();
		headers.set("Retry-After", retryAfter);
		headers.set("Date", "Wed, 21 Oct 2015 07:28:00 GMT");
		return HttpServerErrorException.create(HttpStatus.SERVICE_UNAVAILABLE, "busy", headers, new byte[0], null);
	}

	interface Check<T> {

		void run(T bean, Retries retries) throws Exception;

	}

	abstract static class Scripted {

		private int calls;

		private final List<Throwable> script = new ArrayList<>();

		synchronized int calls() {
			return this.calls;
		}

		synchronized void script(Throwable... failures) {
			this.script.clear();
			this.script.addAll(Arrays.asList(failures));
		}

		synchronized String run() throws Exception {
			this.calls++;
			Throwable failure = this.script.isEmpty() ? null : this.script.remove(0);
			if (failure instanceof Error error) {
				throw error;
			}
			if (failure != null) {
				throw (Exception) failure;
			}
			return "live";
		}

	}

	static class NotFinal implements MethodRetryPredicate {

		@Override
		public boolean shouldRetry(Method method, Throwable failure) {
			return !"final".equals(failure.getMessage());
		}

	}

	static class Service extends Scripted {

		@Retryable(maxRetries = 2, delay = 50, multiplier = 2, excludes = IllegalArgumentException.class,
				predicate = NotFinal.class)
		public String call() throws Exception {
			return run();
		}

	}

	static class Everything extends Scripted {

		@Retryable(delay = 0)
		public String call() throws Exception {
			return run();
		}

	}

	static class Limited extends Scripted {

		@Retryable(maxRetries = 9, delay = 100, timeout = 300)
		public String call() throws Exception {
			return run();
		}

	}

	static class Events implements ApplicationListener<MethodRetryEvent> {

		private final List<String> events;

		Events(List<String> events) {
			this.events = events;
		}

		@Override
		public void onApplicationEvent(MethodRetryEvent event) {
			Throwable failure = event.isRetryAborted() ? event.getFailure().getCause() : event.getFailure();
			this.events.add(event.getMethod().getName() + " " + failure.getMessage() + " " + event.isRetryAborted());
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@Retryable(maxRetriesString = "${my.retries}", delayString = "${my.delay}")
	@interface Persistent {

	}

	static class Composed extends Scripted {

		@Persistent
		public String call() throws Exception {
			return run();
		}

	}

	static class DeclaresTheMethod extends Scripted {

		public String inherited() throws Exception {
			return run();
		}

	}

	@Retryable
	static class OnClass extends DeclaresTheMethod {

	}

	static class Stages extends Scripted {

		private final CompletableFuture<String> source = new CompletableFuture<>();

		@Retryable(maxRetries = 2, delay = 1)
		public CompletionStage<String> call(boolean early) throws Exception {
			if (early) {
				return CompletableFuture.completedFuture(run());
			}
			return CompletableFuture.supplyAsync(() -> "").thenCompose((nothing) -> {
				try {
					return CompletableFuture.completedFuture(run());
				}
				catch (Exception ex) {
					return CompletableFuture.failedFuture(ex);
				}
			});
		}

		@Retryable(maxRetries = 2, delay = 1)
		public CompletionStage<String> noting(List<Long> ends) throws Exception {
			ends.add(TimeBudget.ofThread().expiresAt());
			return CompletableFuture.completedFuture(run());
		}

		@Retryable
		public CompletableFuture<String> endless() throws Exception {
			run();
			return this.source;
		}

		CompletableFuture<String> source() {
			return this.source;
		}

	}

	static class Publishers extends Scripted {

		@Retryable(maxRetries = 2, delay = 1)
		public Mono<String> mono() {
			return Mono.fromCallable(this::run);
		}

		@Retryable(maxRetries = 2, delay = 1)
		public Flux<String> flux() {
			return Flux.defer(() -> Mono.fromCallable(this::run));
		}

		@Retryable(maxRetries = 2, delay = 1, includes = { IOException.class, ThrottledException.class })
		public Mono<String> namesRejection() {
			return Mono.fromCallable(this::run);
		}

	}

	static class WithFallback extends Scripted {

		@Retryable(maxRetries = 1)
		@Fallback("answer")
		public String call() throws Exception {
			return run();
		}

		private String answer(Exception cause) {
			return "fallback " + cause.getMessage();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableResilientMethods
	static class Enabling {

	}

	static class WrongText {

		@Retryable(delayString = "soon")
		public void call() {
		}

	}

	static class WrongPlaceholder {

		@Retryable(maxRetriesString = "${absent}")
		public void call() {
		}

	}

	static class WrongMultiplier {

		@Retryable(multiplier = 0.5)
		public void call() {
		}

	}

	static class WrongRetries {

		@Retryable(maxRetries = -1)
		public void call() {
		}

	}

	static class WrongResult {

		@Retryable
		public Future<String> call() {
			throw new UnsupportedOperationException();
		}

	}

}
