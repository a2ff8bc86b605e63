package io.github.resiliencestarter.deadline;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.GuardedMethod;
import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.guard.VirtualClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link Deadline} and the guard that enforces it.
 */
class DeadlineTests {

	private final VirtualClock clock = new VirtualClock();

	private final AtomicInteger runs = new AtomicInteger();

	@AfterEach
	void noDeadlineIsLeft() {
		TimeBudget.ofThread().restore(TimeBudget.UNLIMITED);
	}

	@Test
	void withoutALimitThereIsNoDeadline() {
		assertThat(Deadline.current()).isEmpty();
	}

	@Test
	void aDeadlineCountsDownAndNeverBelowZero() {
		TimeBudget.ofThread().shortenTo(Duration.ofSeconds(2).toNanos());
		Deadline deadline = Deadline.current(this.clock).orElseThrow();
		this.clock.advance(Duration.ofMillis(500));
		assertThat(deadline.remaining()).isEqualTo(Duration.ofMillis(1500));
		assertThat(deadline.expired()).isFalse();
		this.clock.advance(Duration.ofMillis(1500));
		assertThat(deadline.expired()).isTrue();
		this.clock.advance(Duration.ofMillis(1));
		assertThat(deadline.remaining()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "value", "stage", "mono", "flux" })
	void aMethodEnteredWithNothingLeftDoesNotRun(String method) throws Throwable {
		Guard guard = guard(method);
		TimeBudget.ofThread().shortenTo(Duration.ofSeconds(1).toNanos());
		assertThat(guard.call(null)).isEqualTo("ran");
		assertThat(this.runs).hasValue(1);
		this.clock.advance(Duration.ofSeconds(1));
		Throwable failure = catchThrowable(() -> end(guard.call(null)));
		assertThat((failure.getCause() != null) ? failure.getCause() : failure)
			.isInstanceOf(DeadlineExceededException.class)
			.hasMessageContaining("." + method);
		assertThat(this.runs).hasValue(1);
	}

	@Test
	void contextPropagationCarriesTheDeadlineAndTakesItAwayAgain() throws Exception {
		TimeBudget.ofThread().shortenTo(42);
		ContextSnapshot snapshot = ContextSnapshotFactory.builder().build().captureAll();
		CompletableFuture<Long> during = new CompletableFuture<>();
		CompletableFuture<Long> after = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			Runnable task = () -> during.complete(TimeBudget.ofThread().expiresAt());
			snapshot.wrap(task).run();
			after.complete(TimeBudget.ofThread().expiresAt());
		});
		thread.start();
		thread.join();
		assertThat(during).isCompletedWithValue(42L);
		assertThat(after).isCompletedWithValue(Long.MAX_VALUE);
	}

	@Test
	void aDeadlineAloneMakesNoMethodGuarded() throws Exception {
		assertThat(new DeadlineGuardFactory(new DeadlineCheck(this.clock)).guards(method("value"))).isFalse();
	}

	@Test
	void itIsATimeoutThatIsNeverRetried() {
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> {
			throw new DeadlineExceededException("late", Duration.ZERO);
		}).isInstanceOf(io.github.resiliencestarter.guard.NeverRetried.class);
	}

	private Guard guard(String method) throws Exception {
		return new DeadlineGuardFactory(new DeadlineCheck(this.clock)).create(method(method), (call) -> {
			this.runs.incrementAndGet();
			return "ran";
		});
	}

	private static GuardedMethod method(String name) throws Exception {
		return new GuardedMethod(Service.class, Service.class.getMethod(name), false, (text) -> text);
	}

	private static Object end(Object result) {
		if (result instanceof CompletableFuture<?> stage) {
			return stage.join();
		}
		if (result instanceof Mono<?> mono) {
			return mono.block();
		}
		return (result instanceof Flux<?> flux) ? flux.blockLast() : result;
	}

	interface Service {

		String value();

		CompletableFuture<String> stage();

		Mono<String> mono();

		Flux<String> flux();

	}

}
