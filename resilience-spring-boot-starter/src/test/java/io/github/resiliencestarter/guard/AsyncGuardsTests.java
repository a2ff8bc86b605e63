package io.github.resiliencestarter.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link AsyncGuards}: when a guard hears of an outcome, and that cancelling
 * reaches the source.
 */
class AsyncGuardsTests {

	private final MethodInvocation call = mock(MethodInvocation.class);

	private final List<String> heard = new ArrayList<>();

	@Test
	void aStageIsAdmittedAtTheCallAndReportedWhenItCompletes() throws Throwable {
		CompletableFuture<String> source = new CompletableFuture<>();
		CompletableFuture<?> result = stage((call) -> source);
		assertThat(this.heard).containsExactly("admitted");
		source.complete("done");
		assertThat(result.join()).isEqualTo("done");
		assertThat(this.heard).containsExactly("admitted", "succeeded done");
	}

	@Test
	void theFailureOfADependentStageIsReportedWithoutItsEnvelope() throws Throwable {
		CompletableFuture<String> source = new CompletableFuture<>();
		CompletableFuture<?> result = stage((call) -> source.thenApply(String::length));
		source.completeExceptionally(new IllegalStateException("broken"));
		assertThat(this.heard).containsExactly("admitted", "failed java.lang.IllegalStateException: broken");
		assertThatExceptionOfType(java.util.concurrent.ExecutionException.class).isThrownBy(result::get)
			.withCauseInstanceOf(IllegalStateException.class);
	}

	@Test
	void cancellingAStageCancelsItsSource() throws Throwable {
		CompletableFuture<String> source = new CompletableFuture<>();
		assertThat(stage((call) -> source).cancel(true)).isTrue();
		assertThat(source).isCancelled();
		assertThat(this.heard).containsExactly("admitted", "cancelled");
	}

	@Test
	void aStageThatHasEndedCannotBeCancelled() throws Throwable {
		assertThat(stage((call) -> CompletableFuture.completedFuture("placed")).cancel(true)).isFalse();
		assertThat(this.heard).containsExactly("admitted", "succeeded placed");
	}

	@Test
	void cancellingReachesTheSourceThroughSeveralGuards() throws Throwable {
		CompletableFuture<String> source = new CompletableFuture<>();
		Guard inner = AsyncGuards.gated(ResultKind.STAGE, (call) -> source, this::admit);
		CompletableFuture<?> result = stage(inner);
		result.cancel(true);
		assertThat(source).isCancelled();
		assertThat(this.heard).containsExactly("admitted", "admitted", "cancelled", "cancelled");
	}

	@Test
	void aMethodThatThrowsInsteadOfReturningAStageFailsTheStage() throws Throwable {
		CompletableFuture<?> result = stage((call) -> {
			throw new IllegalStateException("at once");
		});
		assertThat(result).isCompletedExceptionally();
		assertThat(this.heard).containsExactly("admitted", "failed java.lang.IllegalStateException: at once");
	}

	@Test
	void aRefusalFailsTheStageAndTheMethodDoesNotRun() throws Throwable {
		AtomicBoolean ran = new AtomicBoolean();
		Guard guard = AsyncGuards.gated(ResultKind.STAGE, (call) -> ran.getAndSet(true), (call) -> {
			throw new CancellationException("refused");
		});
		assertThat((CompletableFuture<?>) guard.call(this.call)).isCompletedExceptionally();
		assertThat(ran).isFalse();
	}

	@Test
	void everySubscriptionToAMonoIsACallOfItsOwn() throws Throwable {
		Mono<?> mono = mono((call) -> Mono.just("value"));
		assertThat(this.heard).isEmpty();
		mono.block();
		mono.block();
		assertThat(this.heard).containsExactly("admitted", "succeeded value", "admitted", "succeeded value");
	}

	@Test
	void anEmptyMonoSucceeds() throws Throwable {
		mono((call) -> Mono.empty()).block();
		assertThat(this.heard).containsExactly("admitted", "succeeded null");
	}

	@Test
	void aMethodThatThrowsInsteadOfReturningAMonoFailsTheSubscription() throws Throwable {
		Mono<?> mono = mono((call) -> {
			throw new IllegalStateException("at once");
		});
		assertThatIllegalStateException().isThrownBy(mono::block);
		assertThat(this.heard).containsExactly("admitted", "failed java.lang.IllegalStateException: at once");
	}

	@Test
	void cancellingASubscriptionCancelsItsSource() throws Throwable {
		Sinks.Many<String> sink = Sinks.many().multicast().onBackpressureBuffer();
		Guard guard = AsyncGuards.gated(ResultKind.FLUX, (call) -> sink.asFlux(), this::admit);
		Disposable subscription = ((Flux<?>) guard.call(this.call)).subscribe();
		assertThat(sink.currentSubscriberCount()).isOne();
		subscription.dispose();
		assertThat(sink.currentSubscriberCount()).isZero();
		assertThat(this.heard).containsExactly("admitted", "cancelled");
	}

	@Test
	void aFluxIsReportedOnceWhenItEnds() throws Throwable {
		Guard guard = AsyncGuards.gated(ResultKind.FLUX, (call) -> Flux.just(1, 2, 3), this::admit);
		((Flux<?>) guard.call(this.call)).blockLast();
		assertThat(this.heard).containsExactly("admitted", "succeeded null");
	}

	private CompletableFuture<?> stage(Guard next) throws Throwable {
		return (CompletableFuture<?>) AsyncGuards.gated(ResultKind.STAGE, next, this::admit).call(this.call);
	}

	private Mono<?> mono(Guard next) throws Throwable {
		return (Mono<?>) AsyncGuards.gated(ResultKind.MONO, next, this::admit).call(this.call);
	}

	private Admission admit(MethodInvocation call) {
		this.heard.add("admitted");
		return new Admission() {

			@Override
			public void succeeded(@Nullable Object result) {
				AsyncGuardsTests.this.heard.add("succeeded " + result);
			}

			@Override
			public void failed(Throwable failure) {
				AsyncGuardsTests.this.heard.add("failed " + failure);
			}

			@Override
			public void cancelled() {
				AsyncGuardsTests.this.heard.add("cancelled");
			}

		};
	}

}
