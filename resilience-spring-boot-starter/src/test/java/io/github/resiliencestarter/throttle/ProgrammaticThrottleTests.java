package io.github.resiliencestarter.throttle;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.InvalidGuardException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * {@link Throttles} as programs use them.
 */
class ProgrammaticThrottleTests {

	private static final String INSTANCES = "resilience.throttle.instances";

	private static final Callable<String> SENT = () -> "sent";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, ThrottleAutoConfiguration.class));

	private final ApplicationContextRunner declared = this.runner.withPropertyValues(
			"resilience.throttle.names=hourly,single,tenant", INSTANCES + ".hourly.rate=2/h",
			INSTANCES + ".single.concurrency=1", INSTANCES + ".tenant.rate=1/h", INSTANCES + ".tenant.key=tenant",
			INSTANCES + ".tenant.concurrency=1");

	@Test
	void callsBeyondTheRateAreRefused() {
		with((throttles) -> {
			assertThat(throttles.call("hourly", SENT) + throttles.call("hourly", SENT)).isEqualTo("sentsent");
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> throttles.call("hourly", SENT))
				.satisfies((refused) -> assertThat(refused.guardName()).isEqualTo("hourly"))
				.satisfies((refused) -> assertThat(refused.quota()).hasValue(2));
			assertThat(throttles.snapshot("hourly"))
				.isEqualTo(new ThrottleSnapshot("hourly", "2/h", 2L, null, null, 2, 1, null));
		});
	}

	@Test
	void anActionIsInFlightUntilItEndsHoweverItEnds() {
		IOException failure = new IOException("no route");
		with((throttles) -> {
			throttles.call("single", () -> {
				assertThat(throttles.snapshot("single").inFlight()).isOne();
				assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> throttles.call("single", SENT));
				return null;
			});
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> throttles.call("single", () -> {
				throw failure;
			})).isSameAs(failure);
			assertThat(throttles.snapshot("single").inFlight()).isZero();
		});
	}

	@Test
	void aRefusalInsideTheActionGivesThePermitBack() {
		with((throttles) -> throttles.call("single", () -> {
			for (int call = 0; call < 3; call++) {
				assertThatExceptionOfType(ThrottledException.class)
					.isThrownBy(() -> throttles.call("hourly", () -> throttles.call("single", SENT)))
					.satisfies((refused) -> assertThat(refused.guardName()).isEqualTo("single"));
			}
			return throttles.call("hourly", SENT);
		}));
	}

	@Test
	void eachKeyHasALimitOfItsOwn() {
		with((throttles) -> {
			assertThat(throttles.call("tenant", "a", SENT) + throttles.call("tenant", "b", SENT)).isEqualTo("sentsent");
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> throttles.call("tenant", "a", SENT));
			throttles.call("tenant", new int[] { 1 }, SENT);
			assertThatExceptionOfType(ThrottledException.class)
				.isThrownBy(() -> throttles.call("tenant", new int[] { 1 }, SENT));
			assertThat(throttles.snapshot("tenant").keys()).isEqualTo(3);
			assertThat(throttles.snapshot("tenant").inFlight()).isZero();
		});
	}

	@Test
	void aKeyThatIsMissingOrTooManyIsAnError() {
		with((throttles) -> {
			assertThatIllegalArgumentException().isThrownBy(() -> throttles.call("tenant", SENT))
				.withMessageContaining("'tenant' has a limit for each key");
			assertThatIllegalArgumentException().isThrownBy(() -> throttles.call("hourly", "a", SENT))
				.withMessageContaining("'hourly' has one limit for all calls")
				.withMessageContaining("resilience.throttle.instances[hourly].key");
			assertThatNullPointerException().isThrownBy(() -> throttles.call("tenant", null, SENT));
			assertThat(throttles.snapshot("tenant").permitted()).isZero();
		});
	}

	@Test
	void inShadowModeARefusalIsOnlyCounted() {
		this.declared.withPropertyValues(INSTANCES + ".single.mode=shadow").run((context) -> {
			Throttles throttles = context.getBean(Throttles.class);
			assertThat(throttles.<String>call("single", () -> throttles.call("single", SENT))).isEqualTo("sent");
			assertThat(throttles.snapshot("single").rejected()).isOne();
			assertThat(throttles.snapshot("single").inFlight()).isZero();
		});
	}

	@Test
	void inModeOffNothingIsLimitedOrCounted() {
		this.declared.withPropertyValues(INSTANCES + ".hourly.mode=off").run((context) -> {
			Throttles throttles = context.getBean(Throttles.class);
			for (int call = 0; call < 5; call++) {
				assertThat(throttles.call("hourly", SENT)).isEqualTo("sent");
			}
			assertThat(throttles.snapshot("hourly").permitted()).isZero();
		});
	}

	@Test
	void aMethodAndAProgramShareTheLimitOfAName() {
		this.runner.withBean(Annotated.class).run((context) -> {
			Throttles throttles = context.getBean(Throttles.class);
			context.getBean(Annotated.class).send("a");
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> throttles.call("mail", "a", SENT));
			assertThat(throttles.call("mail", "b", SENT)).isEqualTo("sent");
			assertThatExceptionOfType(ThrottledException.class)
				.isThrownBy(() -> context.getBean(Annotated.class).send("b"));
		});
	}

	@Test
	void namesAreThereFromTheStart() {
		with((throttles) -> {
			assertThat(throttles.names()).containsExactly("hourly", "single", "tenant");
			List<String> told = new ArrayList<>();
			throttles.forEachName(told::add);
			assertThat(told).containsExactly("hourly", "single", "tenant");
			assertThatIllegalArgumentException().isThrownBy(() -> throttles.call("daily", SENT))
				.withMessageContaining("'daily'")
				.withMessageContaining("hourly");
		});
	}

	@Test
	void aNameThatLimitsNothingStopsTheStartUp() {
		stops("'mail' in resilience.throttle.names has a throttle that limits nothing",
				"resilience.throttle.names=mail");
		stops("burst but without a rate", "resilience.throttle.names=mail", INSTANCES + ".mail.burst=3",
				INSTANCES + ".mail.concurrency=1");
		stops("'mail' in resilience.throttle.names has a throttle of scope CLUSTER, but the application has no "
				+ "database", "resilience.throttle.names=mail", INSTANCES + ".mail.rate=1/s",
				INSTANCES + ".mail.scope=cluster");
	}

	@Test
	void aMisspeltNameStopsTheStartUp() {
		this.declared.withPropertyValues(INSTANCES + ".hourli.rate=1/s")
			.run((context) -> assertThat(context).getFailure().hasMessageContaining("Did you mean 'hourly'?"));
	}

	private void stops(String message, String... properties) {
		this.runner.withPropertyValues(properties)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidGuardException.class)
				.hasMessageContaining(message));
	}

	private void with(Use use) {
		this.declared.run((context) -> use.accept(context.getBean(Throttles.class)));
	}

	@FunctionalInterface
	private interface Use {

		void accept(Throttles throttles) throws Exception;

	}

	public static class Annotated {

		@Throttled(name = "mail", rate = "1/h", key = "#tenant")
		public void send(String tenant) {
		}

	}

}
