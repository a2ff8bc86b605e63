package io.github.resiliencestarter.retry.springretry;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.resiliencestarter.deadline.DeadlineExceededException;
import io.github.resiliencestarter.fallback.Fallback;
import io.github.resiliencestarter.fallback.FallbackAutoConfiguration;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.GuardPlans;
import io.github.resiliencestarter.guard.InvalidGuardException;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.guard.VirtualClock;
import io.github.resiliencestarter.retry.Retries;
import io.github.resiliencestarter.retry.RetryAutoConfiguration;
import io.github.resiliencestarter.throttle.ThrottledException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.retry.RetryCallback;
import org.springframework.retry.RetryContext;
import org.springframework.retry.RetryListener;
import org.springframework.retry.annotation.Backoff;
import org.springframework.retry.annotation.EnableRetry;
import org.springframework.retry.annotation.Recover;
import org.springframework.retry.annotation.RetryConfiguration;
import org.springframework.retry.annotation.Retryable;
import org.springframework.retry.backoff.BackOffInterruptedException;
import org.springframework.retry.backoff.Sleeper;
import org.springframework.retry.support.RetrySynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for spring-retry's {@code @Retryable} in the chain's place.
 */
@ExtendWith(OutputCaptureExtension.class)
class SpringRetryTests {

	private final VirtualClock clock = new VirtualClock();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, RetryAutoConfiguration.class,
				SpringRetryAutoConfiguration.class, FallbackAutoConfiguration.class, AopAutoConfiguration.class))
		.withBean(MonotonicClock.class, () -> this.clock);

	@Test
	void retriesWithoutEnableRetryAndWaitsOnTheMonotonicClock() {
		with(Service.class, (bean, retries) -> {
			bean.failures(2, new IOException("boom"));
			assertThat(bean.call()).isEqualTo("live");
			assertThat(bean.calls()).isEqualTo(3);
			assertThat(this.clock.nanoTime()).isEqualTo(Duration.ofMillis(150).toNanos());
			assertThat(retries.snapshot("Service.call").successWithRetry()).isOne();
		});
	}

	@Test
	void theLastFailureReachesTheCallerUnchanged() {
		with(Service.class, (bean, retries) -> {
			IOException failure = new IOException("boom");
			bean.failures(9, failure);
			assertThatExceptionOfType(IOException.class).isThrownBy(bean::call).isSameAs(failure);
			assertThat(bean.calls()).isEqualTo(3);
			assertThat(retries.snapshot("Service.call").failedWithRetry()).isOne();
		});
	}

	@Test
	void aCallThatSucceedsAtOnceIsCountedAsSuch() {
		with(Service.class, (bean, retries) -> {
			assertThat(bean.call()).isEqualTo("live");
			assertThat(retries.names()).contains("Service.call");
			assertThat(retries.snapshot("Service.call").successWithoutRetry()).isOne();
		});
	}

	@Test
	void failuresThatTheAnnotationDoesNotNameAreNotRetried() {
		with(Service.class, (bean, retries) -> {
			bean.failures(1, new IllegalStateException("bug"));
			assertThatIllegalStateException().isThrownBy(bean::call);
			assertThat(bean.calls()).isOne();
		});
	}

	@Test
	void errorsAndInterruptionsAreNotRetriedByDefault() {
		with(Everything.class, (bean, retries) -> {
			bean.failures(9, new StackOverflowError());
			assertThatExceptionOfType(StackOverflowError.class).isThrownBy(bean::call);
			assertThat(bean.calls()).isOne();
			bean.failures(9, new InterruptedException());
			assertThatExceptionOfType(InterruptedException.class).isThrownBy(bean::call);
			assertThat(bean.calls()).isOne();
		});
	}

	@Test
	void ourOwnRejectionIsNotRetriedBecauseASuperclassIsNamed() {
		with(Everything.class, (bean, retries) -> {
			ThrottledException rejection = rejection(Duration.ofSeconds(1));
			bean.failures(9, rejection);
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(bean::call).isSameAs(rejection);
			assertThat(bean.calls()).isOne();
			assertThat(this.clock.nanoTime()).isZero();
		});
	}

	@Test
	void aNamedRejectionIsWaitedOutAndUsesUpNoAttempt() {
		with(NamesRejection.class, (bean, retries) -> {
			bean.script(rejection(Duration.ofSeconds(2)), new IOException("1"), rejection(Duration.ofSeconds(3)),
					new IOException("2"), null);
			assertThat(bean.call()).isEqualTo("live");
			assertThat(bean.calls()).isEqualTo(5);
			assertThat(this.clock.nanoTime()).isEqualTo(Duration.ofMillis(5002).toNanos());
		});
	}

	@Test
	void aNamedRejectionThatNeverEndsIsGivenUp() {
		with(NamesRejection.class, (bean, retries) -> {
			bean.failures(99, rejection(Duration.ofSeconds(1)));
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(bean::call);
			assertThat(bean.calls()).isEqualTo(3);
		});
	}

	@Test
	void noWaitAndNoAttemptWhereTheBackOffDoesNotFitIntoTheDeadline() {
		with(Service.class, (bean, retries) -> {
			bean.failures(9, new IOException("boom"));
			within(Duration.ofMillis(120), () -> assertThatExceptionOfType(IOException.class).isThrownBy(bean::call));
			assertThat(bean.calls()).isEqualTo(2);
			assertThat(this.clock.nanoTime()).isEqualTo(Duration.ofMillis(50).toNanos());
		});
	}

	@Test
	void noAttemptStartsAfterTheDeadlineThoughTheWaitTookLonger() {
		this.runner.withBean(Sleeper.class, () -> (millis) -> this.clock.advance(Duration.ofSeconds(1)))
			.withBean(Service.class)
			.run((context) -> {
				Service bean = context.getBean(Service.class);
				bean.failures(9, new IOException("boom"));
				within(Duration.ofMillis(500),
						() -> assertThatExceptionOfType(IOException.class).isThrownBy(bean::call));
				assertThat(bean.calls()).isOne();
			});
	}

	@Test
	void anExhaustedBudgetThrowsTheLastFailure() {
		this.runner.withPropertyValues("resilience.retry.budget.ratio=0", "resilience.retry.budget.min-per-second=1")
			.withBean(Service.class)
			.run((context) -> {
				Service bean = context.getBean(Service.class);
				bean.failures(9, new IOException("boom"));
				assertThatExceptionOfType(IOException.class).isThrownBy(bean::call);
				assertThat(bean.calls()).isEqualTo(2);
				assertThat(context.getBean(Retries.class).snapshot("Service.call").budgetExhausted()).isOne();
			});
	}

	@Test
	void nestedRetriesDrawOneToken() {
		this.runner.withPropertyValues("resilience.retry.budget.ratio=0", "resilience.retry.budget.min-per-second=1")
			.withBean(Inner.class)
			.withBean(Outer.class)
			.run((context) -> {
				assertThatExceptionOfType(IOException.class).isThrownBy(() -> context.getBean(Outer.class).call());
				assertThat(context.getBean(Inner.class).calls()).isEqualTo(4);
			});
	}

	@Test
	void recoverAnswersAndFallbackIsOutsideIt() {
		with(Recovering.class, (bean, retries) -> {
			assertThat(bean.recovered("a")).isEqualTo("recovered a boom");
			assertThat(bean.calls()).isEqualTo(2);
			assertThat(bean.recoverFails("a")).isEqualTo("fallback a recover failed");
			assertThat(retries.snapshot("Recovering.recovered").failedWithRetry()).isOne();
		});
	}

	@Test
	void aFailureThatNoRecoverTakesIsNotHiddenInAnEnvelope() {
		with(OtherRecover.class, (bean, retries) -> assertThatExceptionOfType(IOException.class).isThrownBy(bean::call)
			.withMessage("boom"));
	}

	@Test
	void theContextIsThereInTheFirstAttemptAndWhatIsPutThereStays() {
		with(ContextAware.class, (bean, retries) -> {
			assertThatIllegalStateException().isThrownBy(bean::stopsItself);
			assertThat(bean.calls()).isOne();
			assertThat(bean.remembers()).isEqualTo("first 1");
			assertThat(RetrySynchronizationManager.getContext()).isNull();
		});
	}

	@Test
	void interruptionDuringBackOffEndsTheCallAndKeepsTheFlag() {
		with(Service.class, (bean, retries) -> {
			bean.failures(9, new IOException("boom"));
			Thread.currentThread().interrupt();
			try {
				assertThatExceptionOfType(BackOffInterruptedException.class).isThrownBy(bean::call);
				assertThat(bean.calls()).isOne();
			}
			finally {
				assertThat(Thread.interrupted()).isTrue();
			}
		});
	}

	@Test
	void listenersSeeEveryCallFromItsBeginning() {
		List<String> log = new ArrayList<>();
		this.runner.withBean(Service.class).withBean(RetryListener.class, () -> new Logging(log)).run((context) -> {
			Service bean = context.getBean(Service.class);
			bean.call();
			bean.failures(1, new IOException("boom"));
			bean.call();
			assertThat(log).containsExactly("open", "success", "close", "open", "error", "success", "close");
			assertThat(context.getBean(Retries.class).snapshot("Service.call").successWithoutRetry()).isOne();
			assertThat(context.getBean(Retries.class).snapshot("Service.call").successWithRetry()).isOne();
		});
	}

	@Test
	void statefulRetriesLeaveTheNextAttemptToTheCaller() {
		with(Stateful.class, (bean, retries) -> {
			bean.failures(9, new IOException("boom"));
			for (int call = 1; call <= 2; call++) {
				assertThatExceptionOfType(IOException.class).isThrownBy(() -> bean.call("key"));
				assertThat(bean.calls()).isEqualTo(call);
			}
			assertThat(bean.call("key")).isEqualTo("recovered");
			assertThat(bean.calls()).isEqualTo(2);
		});
	}

	@Test
	void aClassLevelInterfaceOrComposedAnnotationRetries() {
		with(OnClass.class, (bean, retries) -> assertThat(bean.call()).isEqualTo("live"));
		with(Composed.class, (bean, retries) -> assertThat(bean.call()).isEqualTo("live"));
		with(OnInterface.class, (bean, retries) -> assertThat(bean.call()).isEqualTo("live"));
		with(InheritsItsMethod.class, (bean, retries) -> assertThat(bean.call()).isEqualTo("live"));
		this.runner.withPropertyValues("spring.aop.proxy-target-class=false")
			.withBean(OnInterface.class)
			.run((context) -> assertThat(context.getBean(Api.class).call()).isEqualTo("live"));
	}

	@Test
	void expressionsAreEvaluatedByTheLibrary() {
		this.runner.withPropertyValues("my.attempts=2").withBean(Expressions.class).run((context) -> {
			Expressions bean = context.getBean(Expressions.class);
			bean.failures(9, new IOException("again"));
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> bean.call(700));
			assertThat(bean.calls()).isEqualTo(2);
			assertThat(this.clock.nanoTime()).isEqualTo(Duration.ofMillis(700).toNanos());
			bean.failures(9, new IOException("final"));
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> bean.call(700));
			assertThat(bean.calls()).isOne();
		});
	}

	@Test
	void aMethodThatTheLibraryWouldSilentlyPassByIsReported(CapturedOutput output) {
		with(InheritsUnseen.class, (bean, retries) -> assertThatIllegalStateException().isThrownBy(bean::call));
		assertThat(output).contains("InheritsUnseen.call() is not retried");
	}

	@Test
	void anExceededDeadlineIsNeverRetriedEvenWhereItIsNamed() {
		with(NamesDeadline.class, (bean, retries) -> {
			bean.failures(9, new DeadlineExceededException("late", Duration.ZERO));
			assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(bean::call);
			assertThat(bean.calls()).isOne();
		});
	}

	@Test
	void theChainNamesTheRetry() {
		this.runner.withBean(Recovering.class)
			.run((context) -> assertThat(context.getBean(GuardPlans.class).all())
				.filteredOn((plan) -> plan.method().name().equals("Recovering.recoverFails"))
				.singleElement()
				.satisfies((plan) -> assertThat(plan.labels()).containsExactly("fallback", "retry")));
	}

	@Test
	void enableRetryOfTheApplicationStopsTheStartUp() {
		this.runner.withUserConfiguration(Enabling.class)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidGuardException.class)
				.hasMessageContaining("@EnableRetry"));
		this.runner.withBean(RetryConfiguration.class)
			.withPropertyValues("resilience.retry.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void bothRetryablesOnOneMethodStopTheStartUp() {
		assertStops(Both.class, "Both.call()", "both spring-retry and Spring Framework");
	}

	@Test
	void anAsynchronousResultStopsTheStartUp() {
		assertStops(Asynchronous.class, "Asynchronous.call()", "returns its result later");
	}

	@Test
	void wrongAttributesStopTheStartUp() {
		assertStops(NoAttempts.class, "maxAttempts = \"0\"");
		assertStops(NoInterceptor.class, "interceptor = \"absent\"");
		assertStops(NoRecover.class, "recover = \"absent\"");
		assertStops(NoListener.class, "listeners = \"absent\"");
		assertStops(WrongExpression.class, "backoff.delayExpression = \"#{1 +}\"");
		assertStops(UnresolvedExpression.class, "maxAttemptsExpression = \"${absent}\"");
		this.runner.withPropertyValues("resilience.retry.budget.ratio=-1")
			.withBean(Service.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidGuardException.class)
				.hasMessageContaining("resilience.retry.budget.ratio"));
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

	private void within(Duration limit, Runnable action) {
		TimeBudget budget = TimeBudget.ofThread();
		long previous = budget.shortenTo(this.clock.nanoTime() + limit.toNanos());
		try {
			action.run();
		}
		finally {
			budget.restore(previous);
		}
	}

	private static ThrottledException rejection(Duration retryAfter) {
		return new ThrottledException("prices", retryAfter);
	}

	interface Check<T> {

		void run(T bean, Retries retries) throws Exception;

	}

	abstract static class Scripted {

		int calls;

		int calls() {
			return this.calls;
		}

		private final List<Throwable> script = new ArrayList<>();

		void failures(int count, Throwable failure) {
			this.calls = 0;
			this.script.clear();
			for (int index = 0; index < count; index++) {
				this.script.add(failure);
			}
		}

		void script(Throwable... failures) {
			this.script.addAll(Arrays.asList(failures));
		}

		String run() throws Exception {
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

	static class Service extends Scripted {

		@Retryable(retryFor = IOException.class, backoff = @Backoff(delay = 50, multiplier = 2))
		public String call() throws Exception {
			return run();
		}

	}

	static class Everything extends Scripted {

		@Retryable(retryFor = Exception.class)
		public String call() throws Exception {
			return run();
		}

	}

	static class NamesDeadline extends Scripted {

		@Retryable(retryFor = DeadlineExceededException.class)
		public String call() throws Exception {
			return run();
		}

	}

	static class NamesRejection extends Scripted {

		@Retryable(retryFor = { IOException.class, ThrottledException.class }, backoff = @Backoff(1))
		public String call() throws Exception {
			return run();
		}

	}

	static class Inner {

		int calls;

		int calls() {
			return this.calls;
		}

		@Retryable(maxAttempts = 2)
		public void call() throws IOException {
			this.calls++;
			throw new IOException("boom");
		}

	}

	static class Outer {

		private final Inner inner;

		Outer(Inner inner) {
			this.inner = inner;
		}

		@Retryable(maxAttempts = 2)
		public void call() throws IOException {
			this.inner.call();
		}

	}

	static class Recovering {

		int calls;

		int calls() {
			return this.calls;
		}

		@Retryable(maxAttempts = 2, recover = "recover")
		public String recovered(String text) throws IOException {
			this.calls++;
			throw new FileNotFoundException("boom");
		}

		@Recover
		String recover(IOException cause, String text) {
			return "recovered " + text + " " + cause.getMessage();
		}

		@Retryable(maxAttempts = 2, recover = "failingRecover")
		@Fallback("fallback")
		public String recoverFails(String text) throws IOException {
			throw new FileNotFoundException("boom");
		}

		@Recover
		String failingRecover(IOException cause, String text) {
			throw new IllegalStateException("recover failed");
		}

		private String fallback(String text, IllegalStateException cause) {
			return "fallback " + text + " " + cause.getMessage();
		}

	}

	static class OtherRecover {

		@Retryable(maxAttempts = 2)
		public String call() throws IOException {
			throw new IOException("boom");
		}

		@Recover
		int recover(IllegalStateException cause) {
			return 1;
		}

	}

	static class ContextAware {

		int calls;

		int calls() {
			return this.calls;
		}

		@Retryable
		public String stopsItself() {
			this.calls++;
			RetrySynchronizationManager.getContext().setExhaustedOnly();
			throw new IllegalStateException("enough");
		}

		@Retryable
		public String remembers() {
			RetryContext context = RetrySynchronizationManager.getContext();
			if (context.getRetryCount() == 0) {
				context.setAttribute("note", "first");
				throw new IllegalStateException("boom");
			}
			return context.getAttribute("note") + " " + context.getRetryCount();
		}

	}

	static class Logging implements RetryListener {

		private final List<String> log;

		Logging(List<String> log) {
			this.log = log;
		}

		@Override
		public <T, E extends Throwable> boolean open(RetryContext context, RetryCallback<T, E> callback) {
			return this.log.add("open");
		}

		@Override
		public <T, E extends Throwable> void onSuccess(RetryContext context, RetryCallback<T, E> callback, T result) {
			this.log.add("success");
		}

		@Override
		public <T, E extends Throwable> void onError(RetryContext context, RetryCallback<T, E> callback,
				Throwable failure) {
			this.log.add("error");
		}

		@Override
		public <T, E extends Throwable> void close(RetryContext context, RetryCallback<T, E> callback,
				Throwable failure) {
			this.log.add("close");
		}

	}

	static class Stateful extends Scripted {

		@Retryable(stateful = true, maxAttempts = 2)
		public String call(String key) throws Exception {
			return run();
		}

		@Recover
		String recover(IOException cause, String key) {
			return "recovered";
		}

	}

	static class FailsOnce {

		private final AtomicInteger calls = new AtomicInteger();

		String run() {
			if (this.calls.getAndIncrement() == 0) {
				throw new IllegalStateException("boom");
			}
			return "live";
		}

	}

	@Retryable
	static class OnClass extends FailsOnce {

		public String call() {
			return run();
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@Retryable(retryFor = IllegalStateException.class)
	@interface Persistent {

	}

	static class Composed extends FailsOnce {

		@Persistent
		public String call() {
			return run();
		}

	}

	@Retryable
	interface Api {

		String call();

	}

	static class OnInterface extends FailsOnce implements Api {

		@Override
		public String call() {
			return run();
		}

	}

	static class DeclaresTheMethod extends FailsOnce {

		public String call() {
			return run();
		}

	}

	static class InheritsItsMethod extends DeclaresTheMethod implements Api {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableRetry
	static class Enabling {

	}

	static class Both {

		@Retryable
		@org.springframework.resilience.annotation.Retryable
		public String call() {
			return "";
		}

	}

	static class Asynchronous {

		@Retryable
		public CompletableFuture<String> call() {
			return CompletableFuture.completedFuture("");
		}

	}

	static class NoAttempts {

		@Retryable(maxAttempts = 0)
		public String call() {
			return "";
		}

	}

	static class NoInterceptor {

		@Retryable(interceptor = "absent")
		public String call() {
			return "";
		}

	}

	static class NoRecover {

		@Retryable(recover = "absent")
		public String call() {
			return "";
		}

	}

	static class NoListener {

		@Retryable(listeners = "absent")
		public String call() {
			return "";
		}

	}

	static class WrongExpression {

		@Retryable(backoff = @Backoff(delayExpression = "#{1 +}"))
		public String call() {
			return "";
		}

	}

	static class UnresolvedExpression {

		@Retryable(maxAttemptsExpression = "${absent}")
		public String call() {
			return "";
		}

	}

	static class Expressions extends Scripted {

		@Retryable(maxAttemptsExpression = "#{${my.attempts}}", exceptionExpression = "message.contains('again')",
				backoff = @Backoff(delayExpression = "args[0]"))
		public String call(int delay) throws Exception {
			return run();
		}

	}

	@Retryable
	static class InheritsUnseen extends DeclaresTheMethod {

	}

}
