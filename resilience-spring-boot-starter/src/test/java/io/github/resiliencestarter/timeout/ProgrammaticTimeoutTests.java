package io.github.resiliencestarter.timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.github.resiliencestarter.deadline.Deadline;
import io.github.resiliencestarter.deadline.DeadlineAutoConfiguration;
import io.github.resiliencestarter.deadline.DeadlineExceededException;
import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.InvalidGuardException;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * {@link Timeouts} as programs use them.
 */
class ProgrammaticTimeoutTests {

	private static final String INSTANCES = "resilience.timeout.instances";

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(GuardAutoConfiguration.class, DeadlineAutoConfiguration.class, TimeoutAutoConfiguration.class));

	private final ApplicationContextRunner declared = this.runner.withPropertyValues(
			"resilience.timeout.names=slow,offloaded,patient", INSTANCES + ".slow.value=20ms",
			INSTANCES + ".offloaded.value=20ms", INSTANCES + ".offloaded.mode=offload", INSTANCES + ".patient.value=1m",
			"resilience.timeout.offload.max-left-behind=1");

	@Test
	void anActionInTimeReturnsItsResultAndOneThatHangsIsInterrupted() {
		with((timeouts) -> {
			assertThat(timeouts.<String>call("patient", () -> "priced")).isEqualTo("priced");
			assertThat(timeouts.<String>call("patient", () -> null)).isNull();
			Thread caller = Thread.currentThread();
			assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> timeouts.call("slow", () -> {
				assertThat(Thread.currentThread()).isSameAs(caller);
				return hang();
			}))
				.withMessage("slow did not end within 20ms")
				.withCauseInstanceOf(InterruptedException.class)
				.satisfies((ex) -> assertThat(ex.limit()).isEqualTo(Duration.ofMillis(20)));
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
			assertThat(timeouts.snapshot("patient")).isEqualTo(new TimeoutSnapshot("patient", 2, 0, 0));
			assertThat(timeouts.snapshot("slow")).isEqualTo(new TimeoutSnapshot("slow", 0, 1, 0));
		});
	}

	@Test
	void anExceptionInTimeReachesTheCallerUnchangedWhicheverThreadItIsFrom() {
		IOException failure = new IOException("no route");
		this.declared.withPropertyValues(INSTANCES + ".offloaded.value=1m").run((context) -> {
			Timeouts timeouts = context.getBean(Timeouts.class);
			for (String name : new String[] { "patient", "offloaded" }) {
				assertThatExceptionOfType(IOException.class).isThrownBy(() -> timeouts.call(name, () -> {
					throw failure;
				})).isSameAs(failure);
				assertThat(timeouts.snapshot(name).success()).isOne();
			}
		});
	}

	@Test
	void anOffloadedActionReleasesItsCallerWhateverItDoesAndIsCounted() {
		CountDownLatch end = new CountDownLatch(1);
		with((timeouts) -> {
			int calls = 0;
			do {
				// on a busy machine an action may not even have begun at its limit
				assertThatExceptionOfType(CallTimeoutException.class)
					.isThrownBy(() -> timeouts.call("offloaded", () -> ignoreInterruptsUntil(end)));
				calls++;
			}
			while (timeouts.snapshot("offloaded").leftBehind() == 0);
			assertThat(timeouts.snapshot("offloaded")).isEqualTo(new TimeoutSnapshot("offloaded", 0, calls, 1));
			assertThatExceptionOfType(OffloadRejectedException.class)
				.isThrownBy(() -> timeouts.call("offloaded", () -> "never runs"))
				.satisfies((ex) -> assertThat(ex.guardName()).isEqualTo("offloaded"));
			end.countDown();
		});
	}

	@Test
	void anOffloadedActionRunsOnAnotherThreadWithTheDeadline() {
		this.declared.withPropertyValues(INSTANCES + ".offloaded.value=1m").run((context) -> {
			String runner = context.getBean(Timeouts.class).call("offloaded", () -> {
				assertThat(Deadline.current()).isPresent();
				return Thread.currentThread().getName();
			});
			assertThat(runner).startsWith("resilience-offload-");
			assertThat(context.getBean(Timeouts.class).snapshot("offloaded").success()).isOne();
		});
	}

	@Test
	void nestedActionsTakeTheSmallerRemainder() {
		with((timeouts) -> {
			timeouts.call("patient", () -> {
				Deadline outer = Deadline.current().orElseThrow();
				assertThatExceptionOfType(CallTimeoutException.class)
					.isThrownBy(() -> timeouts.call("slow", ProgrammaticTimeoutTests::hang))
					.withMessageStartingWith("slow");
				assertThat(outer.remaining()).isPositive();
				return null;
			});
			assertThatExceptionOfType(CallTimeoutException.class)
				.isThrownBy(() -> timeouts.call("slow", () -> timeouts.call("patient", ProgrammaticTimeoutTests::hang)))
				.withMessageStartingWith("slow")
				.havingCause()
				.withMessageStartingWith("patient");
			assertThat(Deadline.current()).isEmpty();
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
		});
	}

	@Test
	void anActionWithNothingLeftOfItsCallersTimeDoesNotRun() {
		with((timeouts) -> TimeoutFixture.withBudget(MonotonicClock.system().nanoTime(), () -> {
			for (String name : new String[] { "patient", "offloaded" }) {
				assertThatExceptionOfType(DeadlineExceededException.class)
					.isThrownBy(() -> timeouts.call(name, () -> "runs"))
					.withMessageStartingWith(name);
				assertThat(timeouts.snapshot(name)).isEqualTo(new TimeoutSnapshot(name, 0, 0, 0));
			}
			assertThat(TimeBudget.ofThread().expiresAt()).isNotEqualTo(TimeBudget.UNLIMITED);
		}));
	}

	@Test
	void withoutDeadlinesAnActionWithNothingLeftIsATimeout() {
		this.declared.withPropertyValues("resilience.deadline.enabled=false").run((context) -> {
			Timeouts timeouts = context.getBean(Timeouts.class);
			TimeoutFixture.withBudget(MonotonicClock.system().nanoTime(),
					() -> assertThatExceptionOfType(CallTimeoutException.class)
						.isThrownBy(() -> timeouts.call("patient", ProgrammaticTimeoutTests::hang))
						.isNotInstanceOf(DeadlineExceededException.class));
		});
	}

	@Test
	void anActionIsOneAttempt() {
		this.declared.withPropertyValues(INSTANCES + ".patient.attempt=20ms")
			.run((context) -> assertThatExceptionOfType(CallTimeoutException.class)
				.isThrownBy(() -> context.getBean(Timeouts.class).call("patient", ProgrammaticTimeoutTests::hang))
				.withMessage("patient did not end within 20ms"));
	}

	@Test
	void aProgramMayUseTheTimeoutOfAMethodAndBothAreCountedTogether() {
		this.runner.withBean(Annotated.class).run((context) -> {
			Timeouts timeouts = context.getBean(Timeouts.class);
			context.getBean(Annotated.class).place();
			assertThat(timeouts.<String>call("Annotated.place", () -> "placed")).isEqualTo("placed");
			assertThat(timeouts.snapshot("Annotated.place")).isEqualTo(new TimeoutSnapshot("Annotated.place", 2, 0, 0));
			assertThat(timeouts.<String>call("Annotated.unlimited", () -> "runs")).isEqualTo("runs");
		});
	}

	@Test
	void namesAreThereFromTheStart() {
		with((timeouts) -> {
			assertThat(timeouts.names()).containsExactly("offloaded", "patient", "slow");
			assertThatIllegalArgumentException().isThrownBy(() -> timeouts.call("fast", () -> "never runs"))
				.withMessageContaining("'fast'")
				.withMessageContaining("patient");
		});
	}

	@Test
	void aNameWithoutALimitStopsTheStartUp() {
		this.runner.withPropertyValues("resilience.timeout.names=prices")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidGuardException.class)
				.hasMessageContaining("'prices' in resilience.timeout.names")
				.hasMessageContaining("resilience.timeout.instances[prices].value"));
		this.runner.withPropertyValues("resilience.timeout.names=prices", "resilience.timeout.defaults.value=20ms")
			.run((context) -> assertThatExceptionOfType(CallTimeoutException.class)
				.isThrownBy(() -> context.getBean(Timeouts.class).call("prices", ProgrammaticTimeoutTests::hang)));
	}

	@Test
	void aWrongLimitOrAMisspeltNameStopsTheStartUp() {
		this.declared.withPropertyValues(INSTANCES + ".patient.value=0")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("'patient' in resilience.timeout.names has a time-out whose value is 0s"));
		this.declared.withPropertyValues(INSTANCES + ".patiend.value=1s")
			.run((context) -> assertThat(context).getFailure().hasMessageContaining("Did you mean 'patient'?"));
	}

	private void with(Use use) {
		this.declared.run((context) -> use.accept(context.getBean(Timeouts.class)));
	}

	private static String hang() throws InterruptedException {
		new CountDownLatch(1).await();
		return "never";
	}

	private static String ignoreInterruptsUntil(CountDownLatch end) {
		while (true) {
			try {
				end.await();
				return "late";
			}
			catch (InterruptedException ex) {
				// as some code does
			}
		}
	}

	@FunctionalInterface
	private interface Use {

		void accept(Timeouts timeouts) throws Exception;

	}

	public static class Annotated {

		@Timeout("1m")
		public void place() {
		}

		@Timeout
		public void unlimited() {
		}

	}

}
