package io.github.resiliencestarter.retry;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionException;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerOpenException;
import io.github.resiliencestarter.deadline.DeadlineExceededException;
import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.guard.VirtualClock;
import io.github.resiliencestarter.throttle.ThrottledException;
import org.aopalliance.intercept.MethodInvocation;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RetriedMethod} and its {@link RetryRules}, without a library.
 */
class RetriedMethodTests {

	private static final Exception FAILURE = new IllegalStateException("down");

	private final VirtualClock clock = new VirtualClock();

	@Test
	void callsThatFollowEachOtherPayForThemselves() {
		RetriedMethod method = method(new RetryBudget(0, 1, this.clock));
		RetryNest nest = method.enter();
		assertThat(method.hosted(nest, TimeBudget.UNLIMITED).retryIn(FAILURE, Duration.ZERO)).isZero();
		method.leave(nest);
		nest = method.enter();
		assertThat(method.hosted(nest, TimeBudget.UNLIMITED).retryIn(FAILURE, Duration.ZERO))
			.isEqualTo(RetriedCall.GIVE_UP);
		method.leave(nest);
	}

	@Test
	void aCallInsideACallPaysForBoth() {
		RetriedMethod outer = method(new RetryBudget(0, 0, this.clock));
		RetriedMethod inner = method(new RetryBudget(0, 1, this.clock));
		RetryNest outerNest = outer.enter();
		RetryNest innerNest = inner.enter();
		assertThat(inner.hosted(innerNest, TimeBudget.UNLIMITED).retryIn(FAILURE, Duration.ZERO)).isZero();
		inner.leave(innerNest);
		assertThat(outer.hosted(outerNest, TimeBudget.UNLIMITED).retryIn(FAILURE, Duration.ZERO)).isZero();
		outer.leave(outerNest);
	}

	@Test
	void callsBringTheirShareHoweverTheyEnd() {
		RetryBudget budget = new RetryBudget(0.5, 0, this.clock);
		RetriedMethod method = method(budget);
		RetryNest nest = method.enter();
		method.succeeded(nest);
		method.leave(nest);
		assertThat(budget.draw()).isFalse();
		nest = method.enter();
		method.hosted(nest, TimeBudget.UNLIMITED);
		method.leave(nest);
		assertThat(budget.draw()).isTrue();
		method.hostedLater(TimeBudget.UNLIMITED);
		assertThat(budget.draw()).isFalse();
		assertThat(method.refuses(new Refusing())).isTrue();
		assertThat(budget.draw()).isTrue();
	}

	@Test
	void aCallOfTheSameBudgetInsideACallBringsNothing() {
		RetryBudget budget = new RetryBudget(0.5, 0, this.clock);
		RetriedMethod method = method(budget);
		RetryNest outer = method.enter();
		RetryNest inner = method.enter();
		method.succeeded(inner);
		method.leave(inner);
		method.succeeded(outer);
		method.leave(outer);
		assertThat(budget.draw()).isFalse();
		assertThat(method.counts().snapshot("name").successWithoutRetry()).isEqualTo(2);
	}

	@Test
	void anErrorIsRetriedOnlyWhereANamedTypeCoversIt() {
		assertThat(rules(Set.of()).permit(new AssertionError())).isFalse();
		assertThat(rules(Set.of(IllegalStateException.class)).permit(new AssertionError())).isFalse();
		assertThat(rules(Set.of(Throwable.class)).permit(new AssertionError())).isTrue();
		assertThat(rules(Set.of(AssertionError.class)).permit(new CompletionException(new AssertionError()))).isTrue();
	}

	@Test
	void rejectionsAndInterruptionsAreRetriedOnlyWhereTheirVeryClassIsNamed() {
		CircuitBreakerOpenException open = new CircuitBreakerOpenException("remote", null);
		assertThat(rules(Set.of()).permit(open)).isFalse();
		assertThat(rules(Set.of(Exception.class)).permit(open)).isFalse();
		assertThat(rules(Set.of(ThrottledException.class)).permit(open)).isFalse();
		assertThat(rules(Set.of(CircuitBreakerOpenException.class)).permit(open)).isTrue();
		assertThat(rules(Set.of(Exception.class)).permit(new InterruptedException())).isFalse();
		assertThat(rules(Set.of(InterruptedException.class)).permit(new InterruptedException())).isTrue();
		assertThat(rules(Set.of(DeadlineExceededException.class))
			.permit(new DeadlineExceededException("late", Duration.ZERO))).isFalse();
	}

	private static RetryRules rules(Set<Class<? extends Throwable>> named) {
		return new RetryRules(named, Duration.ZERO, 3);
	}

	private RetriedMethod method(RetryBudget budget) {
		return new RetriedMethod("Orders.place", "Orders.place()", rules(Set.of()), budget,
				new RetrySurroundings(this.clock, (failure) -> null, () -> false));
	}

	/**
	 * A chain with an open breaker.
	 */
	private static final class Refusing implements Guard {

		@Override
		public Object call(MethodInvocation call) {
			throw new AssertionError("called");
		}

		@Override
		public boolean refuses() {
			return true;
		}

	}

}
