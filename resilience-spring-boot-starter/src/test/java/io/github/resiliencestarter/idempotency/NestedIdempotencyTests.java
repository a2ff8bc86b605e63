package io.github.resiliencestarter.idempotency;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import io.github.resiliencestarter.guard.CallOrigin;
import io.github.resiliencestarter.jdbc.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for idempotent methods that call idempotent methods.
 */
class NestedIdempotencyTests {

	@ParameterizedTest
	@EnumSource
	void nestedCallsHaveKeysOfTheirOwnAndAreUndoneWithTheOuterOne(TestDatabase server) throws Exception {
		try (Instance instance = start(server)) {
			Basket basket = instance.get(Basket.class);
			instance.script().next = () -> {
				instance.script().next = () -> null;
				throw new IllegalStateException("boom");
			};
			assertThatIllegalStateException().isThrownBy(() -> basket.checkOut("basket", List.of("book", "mug")));
			assertThat(instance.stored()).isZero();
			assertThat(basket.checkOut("basket", List.of("book", "mug", "mug"))).containsExactly("1 book", "2 mug",
					"3 mug");
			assertThat(instance.stored()).isEqualTo(4);
			assertThat(instance.effects("mug")).isEqualTo(2);
		}
	}

	@Test
	void aNestedEffectOutsideTheDatabaseIsNotRepeatedWhenTheOuterCallRunsAgain() throws Exception {
		try (Instance instance = start(TestDatabase.H2)) {
			Basket basket = instance.get(Basket.class);
			instance.script().next = () -> {
				instance.script().next = () -> null;
				throw new IllegalStateException("after the charges");
			};
			assertThatIllegalStateException().isThrownBy(() -> basket.pay("pay", List.of("book", "mug")));
			assertThat(basket.pay("pay", List.of("book", "mug"))).containsExactly("charge 1", "charge 2");
			assertThat(instance.get(Charges.class).count()).isEqualTo(2);
		}
	}

	@Test
	void aRepeatedAttemptWithinTheOuterCallHasTheKeyOfTheFirst() {
		try (Instance instance = start(TestDatabase.H2)) {
			assertThat(instance.get(Basket.class).payStubbornly("stubborn")).isEqualTo("charge 1");
			assertThat(instance.get(Charges.class).keys()).hasSize(2);
			assertThat(instance.get(Charges.class).keys().get(0)).isEqualTo(instance.get(Charges.class).keys().get(1));
		}
	}

	@Test
	void aCallWithinItselfIsRefusedInsteadOfWaitingForItself() {
		try (Instance instance = start(TestDatabase.H2)) {
			instance.get(Self.class).basket = instance.get(Basket.class);
			assertThatExceptionOfType(IdempotencyConflictException.class)
				.isThrownBy(() -> instance.get(Basket.class).recurse("recurse"));
		}
	}

	@Test
	void whatIsSentWithinACallKnowsWhereItComesFrom() throws Exception {
		try (Instance instance = start(TestDatabase.H2)) {
			AtomicReference<String> origin = new AtomicReference<>();
			instance.script().next = () -> {
				origin.set(CallOrigin.current());
				return null;
			};
			instance.get(Basket.class).checkOut("origin", List.of());
			assertThat(origin.get()).startsWith("checkout/");
			assertThat(CallOrigin.current()).isNull();
		}
	}

	private static Instance start(TestDatabase server) {
		return Instance.start(server.createDataSource(),
				List.of(Script.class, Items.class, Charges.class, Basket.class, Self.class));
	}

	static class Items {

		private final JdbcClient jdbc;

		private int count;

		Items(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@Idempotent("add")
		public String add(String sku) {
			this.jdbc.sql("INSERT INTO effects (name) VALUES (?)").param(sku).update();
			return ++this.count + " " + sku;
		}

		void reset() {
			this.count = 0;
		}

	}

	static class Charges {

		private final List<String> keys = new ArrayList<>();

		private int count;

		private boolean failNext;

		@Idempotent(value = "charge", mode = Idempotent.Mode.LEASED)
		public String charge(String sku) {
			this.keys.add(CallOrigin.current());
			if (this.failNext) {
				this.failNext = false;
				throw new IllegalStateException("no answer");
			}
			return "charge " + ++this.count;
		}

		void failNext() {
			this.failNext = true;
		}

		int count() {
			return this.count;
		}

		List<String> keys() {
			return this.keys;
		}

	}

	static class Self {

		Basket basket;

	}

	static class Basket {

		private final Items items;

		private final Charges charges;

		private final Script script;

		private final Self self;

		Basket(Items items, Charges charges, Script script, Self self) {
			this.items = items;
			this.charges = charges;
			this.script = script;
			this.self = self;
		}

		@Idempotent(key = "#key", operation = "checkout")
		public List<String> checkOut(String key, List<String> skus) throws Exception {
			this.items.reset();
			List<String> added = skus.stream().map(this.items::add).toList();
			this.script.play();
			return added;
		}

		@Idempotent(key = "#key", operation = "pay")
		public List<String> pay(String key, List<String> skus) throws Exception {
			List<String> charged = skus.stream().map(this.charges::charge).toList();
			this.script.play();
			return charged;
		}

		@Idempotent(key = "#key", operation = "stubborn")
		public String payStubbornly(String key) {
			this.charges.failNext();
			try {
				return this.charges.charge("book");
			}
			catch (IllegalStateException ex) {
				return this.charges.charge("book");
			}
		}

		@Idempotent(key = "#key", operation = "recurse")
		public String recurse(String key) {
			return this.self.basket.recurse(key);
		}

	}

}
