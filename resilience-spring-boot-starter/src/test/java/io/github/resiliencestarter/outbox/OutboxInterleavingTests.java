package io.github.resiliencestarter.outbox;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.VirtualClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.ResilienceJdbcAutoConfiguration;
import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.outbox.jdbc.HalvingStore;
import io.github.resiliencestarter.outbox.jdbc.JdbcOutboxAutoConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Publishers, workers and the relay in every order that a random number brings about,
 * each step on the test's own thread and on a real store. Much happens while the store is
 * asked: just before its transaction, and between that and its answer.
 */
class OutboxInterleavingTests {

	private static final int ROUNDS = 60;

	@ParameterizedTest
	@CsvSource({ "H2, SHARDS, false", "POSTGRESQL, SHARDS, false", "POSTGRESQL, SHARDS, true",
			"H2, SKIP_LOCKED, false" })
	void inWhateverOrderThingsHappenAKeysMessagesGoInTheirsAndNoneGoesTwice(TestDatabase server, String claim,
			boolean halves) {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, DataSourceAutoConfiguration.class,
					DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
					ResilienceJdbcAutoConfiguration.class, JdbcOutboxAutoConfiguration.class))
			.withPropertyValues("spring.datasource.url=" + server.createDatabase(),
					"spring.datasource.username=" + server.username(),
					"spring.datasource.password=" + server.password(), "spring.datasource.hikari.minimum-idle=0",
					"resilience.jdbc.initialize-schema=always", "resilience.outbox.claim=" + claim)
			.run((context) -> {
				OutboxStore store = halves ? HalvingStore.of(context.getBean(ResilienceDatabase.class))
						: context.getBean(OutboxStore.class);
				store.prepare(2);
				for (int seed = 0; seed < ROUNDS; seed++) {
					new Round(store, new TransactionTemplate(context.getBean(PlatformTransactionManager.class)), seed)
						.play();
				}
			});
	}

	private static final class Round {

		private static final int MESSAGES = 120;

		private final List<HandlerQueue> workers = new ArrayList<>();

		private final List<Entry> underWay = new ArrayList<>();

		private final Map<@Nullable String, Integer> published = new HashMap<>();

		private final Map<String, Integer> heads = new HashMap<>();

		private final Set<String> done = new HashSet<>();

		private final VirtualClock clock = new VirtualClock();

		private final Dispatcher dispatcher = new Dispatcher(() -> true, this.workers::add, this.clock);

		private final Random random;

		private final int seed;

		private final TransactionTemplate transaction;

		private final Publisher publisher;

		private final LeaseKeeper leases;

		private final Exchanger exchanger;

		private int messages;

		private Round(OutboxStore store, TransactionTemplate transaction, int seed) {
			this.random = new Random(seed);
			this.seed = seed;
			this.transaction = transaction;
			this.publisher = new Publisher(store, (events) -> {
			}, this.dispatcher, () -> 2, this.dispatcher::feed, this.clock);
			this.leases = new LeaseKeeper(store, this.clock, "owner-" + seed, Duration.ofHours(1));
			this.exchanger = new Exchanger(disturbed(store), this.leases, this.dispatcher, 16);
			HandlerMethod unused = new HandlerMethod(() -> {
				throw new IllegalStateException();
			}, Object::new);
			this.dispatcher.handle(List.of(new MessageHandler("h", Object.class,
					JsonMapper.shared().getTypeFactory().constructType(Object.class), List.of("t"),
					DeliveryPolicy.of("h", new HandlerSettings(null, null, null, null, 3, null, null, null)), unused,
					null, "h", new Counts())));
		}

		private OutboxStore disturbed(OutboxStore store) {
			return (OutboxStore) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { OutboxStore.class }, (proxy, method, arguments) -> {
						steps();
						try {
							return method.invoke(store, arguments);
						}
						catch (InvocationTargetException ex) {
							throw ex.getTargetException();
						}
						finally {
							steps();
						}
					});
		}

		private void play() {
			this.leases.beat(this.dispatcher);
			for (int idle = 0; this.done.size() < MESSAGES; idle++) {
				steps();
				this.clock.advance(Duration.ofMillis(1));
				if (this.random.nextInt(20) == 0) {
					this.dispatcher.drain((idle > 0) ? 0 : this.random.nextInt(2));
				}
				if (this.exchanger.exchange(this.clock.nanoTime()) || this.messages < MESSAGES
						|| !this.underWay.isEmpty()) {
					idle = 0;
				}
				assertThat(idle).as("round %s stands still with %s of %s", this.seed, this.done.size(), MESSAGES)
					.isLessThan(200);
			}
			this.exchanger.settleAll();
			assertThat(this.dispatcher.drained(true).values()).as("round %s", this.seed).allMatch(List::isEmpty);
			this.leases.leave(this.dispatcher);
		}

		private void steps() {
			for (int step = this.random.nextInt(12); step > 0; step--) {
				switch (this.random.nextInt(24)) {
					case 0 -> this.dispatcher.pause("h", this.random.nextBoolean());
					case 1, 2, 3, 4 -> publish();
					case 5, 6, 7, 8, 9, 10, 11, 12, 13 -> take();
					default -> end();
				}
			}
		}

		/**
		 * Every fourth message has no key.
		 */
		private void publish() {
			if (this.messages < MESSAGES) {
				this.transaction.executeWithoutResult((status) -> {
					for (int each = 1 + this.random.nextInt(30); each > 0 && this.messages < MESSAGES; each--) {
						int lane = this.random.nextInt(4);
						String key = (lane > 0) ? "k" + lane : null;
						int number = this.published.merge(key, 1, Integer::sum) - 1;
						this.messages++;
						this.publisher.publish(new Publication(id(key, number), "t", key, null, "{}", 0, null));
					}
				});
			}
		}

		/**
		 * As long as a UUID.
		 */
		private static String id(@Nullable String key, int number) {
			return "%s#%033d".formatted((key != null) ? key : "no", number);
		}

		private void take() {
			if (!this.workers.isEmpty()) {
				HandlerQueue queue = this.workers.remove(0);
				Entry entry = this.dispatcher.next(queue);
				if (entry != null) {
					StoredMessage message = entry.message;
					assertThat(this.done).as("round %s", this.seed).doesNotContain(message.messageId());
					assertThat(this.underWay).as("round %s", this.seed)
						.noneMatch((other) -> other.message.messageId().equals(message.messageId()));
					if (message.key() != null) {
						assertThat(message.messageId()).as("round %s", this.seed)
							.isEqualTo(id(message.key(), this.heads.getOrDefault(message.key(), 0)));
					}
					this.underWay.add(entry);
				}
			}
		}

		private void end() {
			if (!this.underWay.isEmpty()) {
				Entry entry = this.underWay.remove(this.random.nextInt(this.underWay.size()));
				Outcome outcome = outcome(entry.message);
				if (!(outcome instanceof Outcome.Later)) {
					this.done.add(entry.message.messageId());
					this.heads.merge(String.valueOf(entry.message.key()), 1, Integer::sum);
				}
				this.dispatcher.ended(new Ended(entry, outcome));
				this.workers.add(entry.queue);
			}
		}

		private Outcome outcome(StoredMessage message) {
			return switch (this.random.nextInt(20)) {
				case 0 -> new Outcome.Later(0, false, message.attempts() + 1, false, "later");
				case 1 -> new Outcome.Dead(1, "dead");
				default -> Outcome.Delivered.INSTANCE;
			};
		}

	}

}
