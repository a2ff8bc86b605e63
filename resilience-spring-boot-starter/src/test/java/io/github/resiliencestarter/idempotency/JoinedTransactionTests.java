package io.github.resiliencestarter.idempotency;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

import io.github.resiliencestarter.idempotency.OrderDesk.Receipt;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for idempotent calls within a transaction that was there before, on every
 * database.
 */
class JoinedTransactionTests {

	private final Callers callers = new Callers();

	@AfterEach
	void stop() {
		this.callers.close();
	}

	@ParameterizedTest
	@EnumSource
	void anOuterTransactionIsJoined(TestDatabase server) {
		try (Pair pair = Pair.start(server)) {
			TransactionTemplate outer = outer(pair.one());
			outer.executeWithoutResult((status) -> {
				Receipt receipt = pair.one().desk().place("joined-rollback", "book");
				assertThat(pair.one().desk().place("joined-rollback", "book")).isEqualTo(receipt);
				status.setRollbackOnly();
			});
			assertThat(pair.one().effects("joined-rollback")).isZero();
			Receipt first = outer.execute((status) -> pair.one().desk().place("joined-rollback", "book"));
			assertThat(outer.<Receipt>execute((status) -> pair.one().desk().place("joined-rollback", "book")))
				.isEqualTo(first);
			assertThat(pair.other().desk().place("joined-rollback", "book")).isEqualTo(first);
			assertThat(pair.one().effects("joined-rollback")).isOne();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aFailureCaughtInAnOuterTransactionLeavesNoKeyBehind(TestDatabase server) {
		try (Pair pair = Pair.start(server)) {
			pair.one().script().next = () -> {
				throw new IllegalStateException("boom");
			};
			TransactionTemplate outer = outer(pair.one());
			assertThatExceptionOfType(UnexpectedRollbackException.class)
				.isThrownBy(() -> outer.executeWithoutResult((status) -> {
					try {
						pair.one().desk().place("joined-caught", "book");
					}
					catch (IllegalStateException ex) {
						// and go on
					}
				}));
			pair.one().script().next = () -> null;
			pair.one().desk().place("joined-caught", "mug");
			assertThat(pair.one().effects("joined-caught")).isOne();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aDuplicateInAnOuterTransactionWaitsForAnotherInstance(TestDatabase server) throws Exception {
		try (Pair pair = Pair.start(server)) {
			CountDownLatch running = new CountDownLatch(1);
			CountDownLatch finish = new CountDownLatch(1);
			pair.other().script().next = () -> {
				running.countDown();
				finish.await();
				return null;
			};
			Future<Receipt> first = this.callers.call(() -> pair.other().desk().place("joined-wait", "book"));
			running.await();
			TransactionTemplate outer = outer(pair.one());
			outer.setIsolationLevel(TransactionTemplate.ISOLATION_READ_COMMITTED);
			Future<Receipt> second = this.callers
				.call(() -> outer.execute((status) -> pair.one().desk().place("joined-wait", "book")));
			finish.countDown();
			assertThat(Callers.get(second)).isEqualTo(Callers.get(first));
			assertThat(pair.one().effects("joined-wait")).isOne();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "POSTGRESQL" })
	void anOuterTransactionWithAnOlderSnapshotIsToldToRunAgain(TestDatabase server) {
		try (Pair pair = Pair.start(server)) {
			TransactionTemplate outer = outer(pair.one());
			outer.setIsolationLevel(TransactionTemplate.ISOLATION_REPEATABLE_READ);
			assertThatExceptionOfType(ConcurrencyFailureException.class)
				.isThrownBy(() -> outer.executeWithoutResult((status) -> {
					pair.one().stored();
					Callers callers = this.callers;
					try {
						Callers.get(callers.call(() -> pair.other().desk().place("old-snapshot", "book")));
					}
					catch (Exception ex) {
						throw new IllegalStateException(ex);
					}
					pair.one().desk().place("old-snapshot", "book");
				}));
			assertThat(pair.one().effects("old-snapshot")).isOne();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aReadOnlyOuterTransactionIsRefusedBeforeAnythingRuns(TestDatabase server) {
		try (Pair pair = Pair.start(server)) {
			TransactionTemplate outer = outer(pair.one());
			outer.setReadOnly(true);
			assertThatExceptionOfType(IllegalTransactionStateException.class)
				.isThrownBy(() -> outer.executeWithoutResult((status) -> pair.one().desk().place("read-only", "book")));
			assertThat(pair.one().script().runs()).isZero();
		}
	}

	private static TransactionTemplate outer(Instance instance) {
		return new TransactionTemplate(instance.get(PlatformTransactionManager.class));
	}

}
