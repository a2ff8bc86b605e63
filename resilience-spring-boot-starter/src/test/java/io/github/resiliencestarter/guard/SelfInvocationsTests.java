package io.github.resiliencestarter.guard;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SelfInvocations}.
 */
class SelfInvocationsTests {

	@Test
	void callsOnThisAreFoundWhateverTheirArguments() {
		assertThat(callersOf(OnThis.class)).containsExactlyInAnyOrder("plain", "withArguments", "inBranches",
				"inLambda", "asReference", "inTry", "afterSwitch", "casting");
	}

	@Test
	void callsOnOtherObjectsOfTheClassAreNotFound() {
		assertThat(callersOf(OnOthers.class)).isEmpty();
	}

	@Test
	void callsOfASuperclassAreFound() {
		assertThat(callersOf(Subclass.class)).containsExactly("template");
	}

	private static Set<String> callersOf(Class<?> type) {
		List<Method> guarded = Stream.of(type.getMethods())
			.filter((method) -> method.getName().equals("guarded"))
			.toList();
		Map<Method, Set<String>> found = SelfInvocations.in(type, guarded);
		return found.values().stream().findFirst().orElse(Set.of());
	}

	static class OnThis {

		public long guarded(long number, Object other) {
			return (number > 0) ? guarded(number - 1, other) : 0;
		}

		long plain() {
			return guarded(1L, null);
		}

		long withArguments(double factor, int[] numbers) {
			return guarded((long) (factor * numbers[0]) << 2, new Object[] { numbers.length, this });
		}

		long inBranches(boolean flag, Object other) {
			return guarded(flag ? 1 : Long.parseLong("2"), (other instanceof String) ? other : this);
		}

		Supplier<Long> inLambda(Object other) {
			return () -> guarded(3, other);
		}

		java.util.function.BiFunction<Long, Object, Long> asReference() {
			return this::guarded;
		}

		long inTry() {
			try {
				return Long.parseLong("x");
			}
			catch (NumberFormatException ex) {
				return guarded(4, ex);
			}
		}

		long afterSwitch(int kind) {
			long number = switch (kind) {
				case 1 -> 10;
				case 2 -> throw new IllegalStateException();
				default -> 12;
			};
			synchronized (this) {
				return guarded(number++, null);
			}
		}

		long casting() {
			return ((OnThis) (Object) this).guarded(1, null);
		}

	}

	static class OnOthers {

		private OnOthers self;

		static OnOthers other;

		private OnOthers[] all = { this };

		void inject(OnOthers self) {
			this.self = self;
		}

		public long guarded(long number, Object other) {
			return number;
		}

		long throughSelf() {
			return this.self.guarded(1, this);
		}

		long throughStatic(boolean flag) {
			return (flag ? other : this.all[0]).guarded(2, this);
		}

		long throughParameter(OnOthers parameter) {
			return parameter.guarded(3, this) + supplier().get().guarded(4, this);
		}

		Supplier<OnOthers> supplier() {
			OnOthers local = new OnOthers();
			return () -> local;
		}

		java.util.function.BiFunction<Long, Object, Long> asReference() {
			return this.self::guarded;
		}

	}

	static class Template {

		long template() {
			return guarded(1, null);
		}

		public long guarded(long number, Object other) {
			return number;
		}

	}

	static class Subclass extends Template {

		@Override
		public long guarded(long number, Object other) {
			return super.guarded(number, other);
		}

	}

}
