package io.github.resiliencestarter.timeout;

import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.TimeBudget;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReactorTimeoutGuards}.
 */
class ReactorTimeoutGuardsTests {

	private final TimeoutFixture fixture = new TimeoutFixture();

	private final TestPublisher<String> source = TestPublisher.create();

	@Test
	void aMonoThatStaysEmptyFailsAtTheLimitAndItsSourceIsCancelled() throws Exception {
		this.fixture.pass("7S");
		StepVerifier.create(mono("1S", this.source.mono()))
			.then(() -> this.fixture.pass("0.999S"))
			.expectNoEvent(java.time.Duration.ofMillis(1))
			.then(() -> this.fixture.pass("0.001S"))
			.verifyErrorSatisfies((failure) -> assertThat(failure).isInstanceOf(CallTimeoutException.class)
				.hasMessage("OrderService.place did not end within 1s"));
		this.source.assertCancelled();
		assertThat(this.fixture.instance.snapshot()).isEqualTo(new TimeoutSnapshot("OrderService.place", 0, 1, 0));
	}

	@Test
	void aMonoInTimeIsForgottenByTheWatch() throws Exception {
		StepVerifier.create(mono("1S", Mono.just("placed"))).expectNext("placed").verifyComplete();
		StepVerifier.create(mono("1S", Mono.empty())).verifyComplete();
		StepVerifier.create(mono("1S", Mono.error(new IllegalStateException())))
			.verifyError(IllegalStateException.class);
		this.fixture.pass("2S");
		assertThat(this.fixture.instance.snapshot()).isEqualTo(new TimeoutSnapshot("OrderService.place", 3, 0, 0));
		assertThat(this.fixture.watch.scan()).isEqualTo(Watch.NEVER);
	}

	@Test
	void eachSubscriptionHasALimitOfItsOwn() throws Exception {
		Mono<Object> mono = mono("1S", this.source.mono());
		this.fixture.pass("10S");
		StepVerifier.create(mono)
			.then(() -> this.fixture.pass("0.9S"))
			.then(() -> this.source.emit("placed"))
			.expectNext("placed")
			.verifyComplete();
	}

	@Test
	void aLateSignalIsATimeoutEvenIfTheWatchHasNotLooked() throws Exception {
		StepVerifier.create(mono("1S", this.source.mono()))
			.then(() -> this.fixture.clock.advance(TimeoutFixture.duration("1S")))
			.then(() -> this.source.emit("late"))
			.verifyError(CallTimeoutException.class);
	}

	@Test
	void aFluxHasOneLimitForAllItsElements() throws Exception {
		StepVerifier.create(flux("1S", this.source.flux()))
			.then(() -> this.source.next("a"))
			.expectNext("a")
			.then(() -> this.fixture.pass("0.6S"))
			.then(() -> this.source.next("b"))
			.expectNext("b")
			.then(() -> this.fixture.pass("0.4S"))
			.verifyError(CallTimeoutException.class);
		this.source.assertCancelled();
		assertThat(this.fixture.instance.snapshot().timeout()).isOne();
	}

	@Test
	void aFluxInTimeCompletes() throws Exception {
		StepVerifier.create(flux("1S", Flux.just("a", "b"))).expectNext("a", "b").verifyComplete();
		StepVerifier.create(flux("1S", Flux.error(new IllegalStateException())))
			.verifyError(IllegalStateException.class);
		assertThat(this.fixture.instance.snapshot()).isEqualTo(new TimeoutSnapshot("OrderService.place", 2, 0, 0));
		this.fixture.pass("1S");
		assertThat(this.fixture.watch.scan()).isEqualTo(Watch.NEVER);
	}

	@Test
	void cancellingASubscriptionReachesTheSourceAndTheWatch() throws Exception {
		StepVerifier.create(flux("1S", this.source.flux())).thenCancel().verify();
		this.source.assertCancelled();
		assertThat(this.fixture.watch.scan()).isEqualTo(TimeoutFixture.duration("1S").toNanos());
		this.fixture.pass("1S");
		assertThat(this.fixture.watch.scan()).isEqualTo(Watch.NEVER);
		assertThat(this.fixture.instance.snapshot().timeout()).isZero();
	}

	@Test
	void aNestedLimitEndsBeforeTheOuterOneThatEndsAtTheSameMoment() throws Exception {
		AtomicInteger failures = new AtomicInteger();
		Guard inner = ReactorTimeoutGuards.mono((call) -> this.source.mono(), null, false, this.fixture.parts);
		Guard outer = ReactorTimeoutGuards.mono(
				(call) -> ((Mono<?>) inner.call(call)).doOnError((failure) -> failures.incrementAndGet()),
				TimeoutFixture.duration("1S"), true, this.fixture.parts);
		StepVerifier.create((Mono<?>) TimeoutFixture.call(outer))
			.then(() -> this.fixture.pass("1S"))
			.verifyErrorMessage("OrderService.place did not end within 1s");
		assertThat(failures).hasValue(1);
		assertThat(this.fixture.instance.snapshot().timeout()).isOne();
	}

	@Test
	void whatIsLeftOfTheCallersTimeCounts() {
		TimeoutFixture.withBudget(TimeoutFixture.duration("0.2S").toNanos(), () -> {
			try {
				StepVerifier.create(mono("1S", this.source.mono()))
					.then(() -> this.fixture.pass("0.2S"))
					.verifyErrorMessage("OrderService.place did not end within 200ms");
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	@Test
	void theDeadlineIsOpenWhileTheSourceIsSubscribedTo() throws Exception {
		StepVerifier.create(mono("1S", Mono.fromCallable(() -> TimeBudget.ofThread().expiresAt())))
			.expectNext(TimeoutFixture.duration("1S").toNanos())
			.verifyComplete();
		StepVerifier.create(flux("1S", Flux.defer(() -> Flux.just(TimeBudget.ofThread().expiresAt()))))
			.expectNext(TimeoutFixture.duration("1S").toNanos())
			.verifyComplete();
		assertThat(TimeBudget.ofThread().expiresAt()).isEqualTo(TimeBudget.UNLIMITED);
	}

	@Test
	void theEndTravelsInTheContext() throws Exception {
		StepVerifier
			.create(mono("1S", Mono.deferContextual((context) -> Mono.just(context.get(TimeBudget.CONTEXT_KEY)))))
			.expectNext(TimeoutFixture.duration("1S").toNanos())
			.verifyComplete();
	}

	@SuppressWarnings("unchecked")
	private Mono<Object> mono(String limit, Mono<?> source) throws Exception {
		return (Mono<Object>) TimeoutFixture.call(
				ReactorTimeoutGuards.mono((call) -> source, TimeoutFixture.duration(limit), true, this.fixture.parts));
	}

	@SuppressWarnings("unchecked")
	private Flux<Object> flux(String limit, Flux<?> source) throws Exception {
		return (Flux<Object>) TimeoutFixture.call(
				ReactorTimeoutGuards.flux((call) -> source, TimeoutFixture.duration(limit), true, this.fixture.parts));
	}

}
