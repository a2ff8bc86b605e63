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
	void everyInstructionBetweenThisAndTheCallIsFollowed() {
		assertThat(callersOf(OnThisAmid.class)).containsExactlyInAnyOrder("statics", "fields", "arrays", "choice",
				"choiceFarApart", "comparisons", "creation", "concatenation", "locals", "afterAssignment");
	}

	@Test
	void thisBelowTheReceiverIsNotTakenForIt() {
		assertThat(callersOf(OnOthersAmid.class)).isEmpty();
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

	/**
	 * The receiver is put on the stack before the arguments are computed.
	 */
	static class OnThisAmid {

		private static long shared;

		private long total;

		private int count;

		private OnThisAmid other;

		public long guarded(long number, Object other) {
			return number;
		}

		long statics() {
			return guarded(shared = shared + 1, null);
		}

		long fields() {
			return guarded(this.total += 2, this.count++);
		}

		long arrays(int[] numbers, long[] totals, int index) {
			return guarded(totals[index] += numbers[index]++, numbers[index] = 3);
		}

		long choice(int kind) {
			return guarded(switch (kind) {
				case 1 -> 10;
				case 2 -> 20;
				case 3 -> 30;
				default -> 40;
			}, null);
		}

		long choiceFarApart(int kind) {
			return guarded(switch (kind) {
				default -> 30;
				case 1 -> 10;
				case 1000 -> 20;
			}, null);
		}

		long comparisons(int left, int right, Object object) {
			return guarded((left < right && left > 0) ? 1000 : 200, (object == this || object == null) ? object : "");
		}

		long creation() {
			return guarded(new int[2][3].length + new byte[300].length, new StringBuilder("x"));
		}

		long concatenation(String text, long number) {
			return guarded(1, text + number + this);
		}

		long locals(long number, double factor, int index) {
			long copy;
			return guarded((copy = number) + (long) (factor += 2) + (index *= 300), index + copy);
		}

		// the stack is empty again after each statement
		long afterAssignment(OnThisAmid other) {
			this.other = other;
			OnThisAmid[] all = { other, this.other };
			all[0] = other;
			return guarded(1, all);
		}

	}

	/**
	 * Here too, but what is called is the object above.
	 */
	static class OnOthersAmid {

		private static long shared;

		private long total;

		private int count;

		public long guarded(long number, Object other) {
			return number;
		}

		long keep(long number) {
			return number;
		}

		long all(OnOthersAmid other, int[] numbers, long[] totals, int kind) {
			return keep(other.guarded(shared = shared + 1, null)) + keep(other.guarded(this.total += 2, this.count++))
					+ keep(other.guarded(totals[kind] += numbers[kind]++, numbers[kind] = 3))
					+ keep(other.guarded((kind < 3) ? 1000 : 200, (numbers == null) ? this : other))
					+ keep(other.guarded(new int[2][3].length + new byte[300].length, new StringBuilder("x")))
					+ keep(other.guarded(1, kind + "x" + this));
		}

		long chosen(OnOthersAmid other, int kind) {
			return keep(other.guarded(switch (kind) {
				case 1 -> 10;
				case 2 -> 20;
				default -> 30;
			}, this));
		}

		// what is left of a branch that returned is not below what follows
		long afterReturn(OnOthersAmid other, boolean flag) {
			if (flag) {
				return keep(1);
			}
			return other.guarded(1, this);
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
