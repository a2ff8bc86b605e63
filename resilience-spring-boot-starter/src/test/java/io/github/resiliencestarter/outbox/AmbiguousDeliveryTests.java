package io.github.resiliencestarter.outbox;

import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.resiliencestarter.Patience;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of what becomes of a message of which nobody knows whether it was delivered: its
 * instance ended in the middle.
 */
class AmbiguousDeliveryTests {

	private static final BlockingQueue<OutboxMessage> deliveries = new LinkedBlockingQueue<>();

	private static final BlockingQueue<OutboxMessage> questions = new LinkedBlockingQueue<>();

	/** What the probe answers, one after the other; {@code null} answers are thrown. */
	private static final Queue<Object> answers = new ConcurrentLinkedQueue<>();

	private static volatile CountDownLatch gate = new CountDownLatch(0);

	private final String url = TestDatabase.H2.createDatabase();

	@BeforeEach
	void forget() {
		deliveries.clear();
		questions.clear();
		answers.clear();
	}

	@AfterEach
	void release() {
		gate.countDown();
	}

	@Test
	void aMessageThatArrivedIsNotSentAgain() throws InterruptedException {
		String id = leaveInTheMiddle(Probed.class);
		answers.add(DeliveryStatus.DELIVERED);
		try (OutboxApplication app = start(Probed.class)) {
			OutboxMessage asked = next(questions);
			assertThat(asked.id()).isEqualTo(id);
			assertThat(asked.ambiguous()).isTrue();
			awaitNothingLeft(app);
			assertThat(app.figures().dead()).isZero();
			assertThat(deliveries).isEmpty();
		}
	}

	@Test
	void aMessageThatDidNotArriveIsSentAndIsNotAmbiguousAnyMore() throws InterruptedException {
		String id = leaveInTheMiddle(Probed.class);
		answers.add(DeliveryStatus.NOT_DELIVERED);
		try (OutboxApplication app = start(Probed.class)) {
			OutboxMessage second = next(deliveries);
			assertThat(second.id()).isEqualTo(id);
			assertThat(second.ambiguous()).isFalse();
			assertThat(second.attempt()).isEqualTo(2);
			awaitNothingLeft(app);
			assertThat(questions).hasSize(1);
		}
	}

	@Test
	void aMessageOfWhichNothingIsKnownIsSentAgainAndToldSo() throws InterruptedException {
		leaveInTheMiddle(Probed.class);
		answers.add(DeliveryStatus.UNKNOWN);
		try (OutboxApplication app = start(Probed.class)) {
			OutboxMessage second = next(deliveries);
			assertThat(second.ambiguous()).isTrue();
			assertThat(second.attempt()).isEqualTo(2);
			awaitNothingLeft(app);
		}
	}

	@Test
	void aMessageOfWhichNothingIsKnownIsHeldForAnOperatorWhereThatIsTheRule() throws InterruptedException {
		String id = leaveInTheMiddle(Probed.class);
		answers.add(DeliveryStatus.UNKNOWN);
		assertHeldAndRedelivered(Probed.class, id);
		assertThat(questions).hasSize(1);
	}

	@Test
	void withoutAProbeNothingIsKnown() throws InterruptedException {
		assertHeldAndRedelivered(Plain.class, leaveInTheMiddle(Plain.class));
	}

	private void assertHeldAndRedelivered(Class<?> beans, String id) throws InterruptedException {
		try (OutboxApplication app = start(beans, "resilience.outbox.handlers.notes.on-ambiguous=hold")) {
			OutboxOperations operations = app.bean(OutboxOperations.class);
			await().untilAsserted(() -> assertThat(operations.dead("notes", 10)).singleElement().satisfies((dead) -> {
				assertThat(dead.id()).isEqualTo(id);
				assertThat(dead.attempts()).isOne();
				assertThat(dead.lastError()).contains("may have reached its receiver");
			}));
			assertThat(deliveries).isEmpty();
			assertThat(operations.redeliver(id)).isTrue();
			OutboxMessage redelivered = next(deliveries);
			assertThat(redelivered.attempt()).isOne();
			assertThat(redelivered.ambiguous()).isFalse();
		}
	}

	@Test
	void aProbeThatThrowsUsesAnAttemptAndIsAskedAgain() throws InterruptedException {
		leaveInTheMiddle(Probed.class);
		answers.add(new IllegalStateException("receiver is down"));
		answers.add(DeliveryStatus.NOT_DELIVERED);
		try (OutboxApplication app = start(Probed.class)) {
			assertThat(next(questions).attempt()).isEqualTo(2);
			assertThat(next(questions).attempt()).isEqualTo(3);
			assertThat(next(deliveries).attempt()).isEqualTo(3);
			awaitNothingLeft(app);
		}
	}

	@Test
	void aProbeThatAlwaysThrowsEndsWithTheAttempts() throws InterruptedException {
		leaveInTheMiddle(Probed.class);
		answers.add(new AssertionError("receiver is gone"));
		answers.add(new AssertionError("receiver is gone"));
		try (OutboxApplication app = start(Probed.class, "resilience.outbox.handlers.notes.max-attempts=3")) {
			await().untilAsserted(() -> assertThat(app.bean(OutboxOperations.class).dead("notes", 10)).singleElement()
				.satisfies((dead) -> {
					assertThat(dead.attempts()).isEqualTo(3);
					assertThat(dead.lastError()).contains("receiver is gone");
				}));
			assertThat(deliveries).isEmpty();
		}
	}

	@Test
	void theDeathOfAnInstanceIsNotTheLastAttempt() throws InterruptedException {
		leaveInTheMiddle(Plain.class);
		try (OutboxApplication app = start(Plain.class, "resilience.outbox.handlers.notes.max-attempts=1")) {
			OutboxMessage second = next(deliveries);
			assertThat(second.ambiguous()).isTrue();
			assertThat(second.attempt()).isEqualTo(2);
			awaitNothingLeft(app);
			assertThat(app.figures().dead()).isZero();
		}
	}

	@Test
	void nobodyAsksAboutAMessageThatIsNotAmbiguous() throws InterruptedException {
		try (OutboxApplication app = start(Probed.class)) {
			app.inTransaction(() -> app.outbox().publish(new Note("plain")));
			assertThat(next(deliveries).ambiguous()).isFalse();
			awaitNothingLeft(app);
			assertThat(questions).isEmpty();
		}
	}

	/**
	 * An instance delivers a message and ends before its handler returns.
	 */
	private String leaveInTheMiddle(Class<?> beans) throws InterruptedException {
		gate = new CountDownLatch(1);
		try (OutboxApplication app = start(beans, "resilience.outbox.shutdown-timeout=1ms")) {
			String id = app.transaction().execute((status) -> app.outbox().publish(new Note("half")));
			assertThat(next(deliveries).id()).isEqualTo(id);
			return id;
		}
		finally {
			gate.countDown();
		}
	}

	private OutboxApplication start(Class<?> beans, String... properties) {
		return OutboxApplication.start(TestDatabase.H2, this.url, beans, properties);
	}

	private static void awaitNothingLeft(OutboxApplication app) {
		await()
			.untilAsserted(() -> assertThat(app.figures().pending() + app.figures().scheduled()).as("left").isZero());
	}

	private static OutboxMessage next(BlockingQueue<OutboxMessage> queue) throws InterruptedException {
		OutboxMessage message = queue.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
		assertThat(message).isNotNull();
		return message;
	}

	record Note(String text) {

	}

	static class Plain {

		@OutboxHandler("notes")
		void on(Note note, OutboxMessage message) throws InterruptedException {
			deliveries.add(message);
			gate.await();
		}

	}

	static class Probed extends Plain {

		@OutboxProbe
		DeliveryStatus hasArrived(Note note, OutboxMessage message) throws Throwable {
			questions.add(message);
			Object answer = answers.remove();
			if (answer instanceof Throwable failure) {
				throw failure;
			}
			return (DeliveryStatus) answer;
		}

	}

}
