package io.github.resiliencestarter.idempotency.jdbc;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionTemplate;

import io.github.resiliencestarter.idempotency.CallFingerprint;
import io.github.resiliencestarter.idempotency.Claim;
import io.github.resiliencestarter.idempotency.ClaimRequest;
import io.github.resiliencestarter.idempotency.IdempotencyId;
import io.github.resiliencestarter.idempotency.StoredCall;
import io.github.resiliencestarter.idempotency.StoredCall.Phase;
import io.github.resiliencestarter.idempotency.StoredReply;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.SqlDialect;
import io.github.resiliencestarter.jdbc.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * The contract of the store, once for each database. MySQL's statements run on MariaDB,
 * which understands them.
 */
class IdempotencyStoreTests {

	private static final CallFingerprint FINGERPRINT = new CallFingerprint(new byte[32]);

	private static final Duration HOUR = Duration.ofHours(1);

	private static final Duration PAST = Duration.ZERO;

	private static final Map<SqlDialect, Fixture> FIXTURES = new EnumMap<>(SqlDialect.class);

	private static final AtomicInteger KEYS = new AtomicInteger();

	record Fixture(SqlDialect dialect, HikariDataSource dataSource, JdbcIdempotencyStore store, TransactionTemplate tx,
			JdbcClient jdbc) {

		static Fixture of(SqlDialect dialect, TestDatabase server) {
			HikariDataSource dataSource = server.createDataSource();
			server.withTables(dataSource);
			return new Fixture(dialect, dataSource,
					new JdbcIdempotencyStore(new ResilienceDatabase(dataSource, dialect, "resilience_")),
					new TransactionTemplate(new JdbcTransactionManager(dataSource)), JdbcClient.create(dataSource));
		}

		@Override
		public String toString() {
			return this.dialect.name();
		}

	}

	static Stream<Fixture> stores() {
		return Stream.of(SqlDialect.values())
			.map((dialect) -> FIXTURES.computeIfAbsent(dialect, (missing) -> Fixture.of(dialect,
					TestDatabase.valueOf((dialect == SqlDialect.MYSQL) ? SqlDialect.MARIADB.name() : dialect.name()))));
	}

	@AfterAll
	static void close() {
		FIXTURES.values().forEach((fixture) -> fixture.dataSource().close());
		FIXTURES.clear();
	}

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@AfterEach
	void stopThreads() {
		this.threads.shutdownNow();
	}

	private static ClaimRequest request(String key, long owner) {
		return request(key, owner, HOUR, HOUR);
	}

	private static ClaimRequest request(String key, long owner, Duration ttl, Duration retention) {
		return new ClaimRequest(id(key), FINGERPRINT, owner, ttl, retention);
	}

	private static IdempotencyId id(String key) {
		return IdempotencyId.of("test", null, key);
	}

	private static String key() {
		return "key" + KEYS.incrementAndGet();
	}

	private static StoredReply reply(int... bytes) {
		byte[] body = new byte[bytes.length];
		for (int index = 0; index < bytes.length; index++) {
			body[index] = (byte) bytes[index];
		}
		return StoredReply.of(body);
	}

	private static void done(Fixture fixture, ClaimRequest request, StoredReply reply) {
		fixture.tx().executeWithoutResult((status) -> {
			assertThat(fixture.store().claim(request)).isInstanceOf(Claim.Granted.class);
			fixture.store().record(request.id(), request.owner(), reply);
		});
	}

	@ParameterizedTest
	@MethodSource("stores")
	void aClaimCommitsWithItsTransaction(Fixture fixture) {
		String key = key();
		done(fixture, request(key, 1), reply(1, 2, 3));
		StoredCall call = fixture.store().find(id(key));
		assertThat(call).isNotNull();
		assertThat(call.phase()).isEqualTo(Phase.DONE);
		assertThat(call.reply()).isEqualTo(reply(1, 2, 3));
		assertThat(call.fingerprint()).isEqualTo(FINGERPRINT);
		assertThat(call.replyExpired()).isFalse();
	}

	@ParameterizedTest
	@MethodSource("stores")
	void aClaimIsRolledBackWithItsTransaction(Fixture fixture) {
		String key = key();
		fixture.tx().executeWithoutResult((status) -> {
			fixture.store().claim(request(key, 1));
			status.setRollbackOnly();
		});
		assertThat(fixture.store().find(id(key))).isNull();
		done(fixture, request(key, 2), StoredReply.NOTHING);
	}

	@ParameterizedTest
	@MethodSource("stores")
	void aClaimOutsideATransactionOfTheDataSourceIsRefused(Fixture fixture) {
		assertThatExceptionOfType(IllegalTransactionStateException.class)
			.isThrownBy(() -> fixture.store().claim(request(key(), 1)));
	}

	@ParameterizedTest
	@MethodSource("stores")
	void aReplyCannotBeRecordedWithoutTheClaim(Fixture fixture) {
		assertThatIllegalStateException().isThrownBy(() -> fixture.tx()
			.executeWithoutResult((status) -> fixture.store().record(id(key()), 1, StoredReply.NOTHING)));
	}

	@ParameterizedTest
	@MethodSource("stores")
	void aLoserLearnsOfTheWinner(Fixture fixture) throws Exception {
		String key = key();
		done(fixture, request(key, 1), reply(9));
		for (int times = 0; times < 3; times++) {
			assertThat(lost(fixture, request(key, 2))).isNotInstanceOfAny(Claim.Granted.class, Claim.Undecided.class);
		}
	}

	@ParameterizedTest
	@MethodSource("stores")
	void aSecondClaimDoesNotWaitLongForAnUndecidedOneAndKeepsTheOthersLimit(Fixture fixture) throws Exception {
		String key = key();
		CountDownLatch claimed = new CountDownLatch(1);
		CountDownLatch finish = new CountDownLatch(1);
		CompletableFuture<Void> owner = CompletableFuture.runAsync(() -> fixture.tx().executeWithoutResult((status) -> {
			fixture.store().claim(request(key, 1));
			claimed.countDown();
			pass(finish);
			fixture.store().record(id(key), 1, StoredReply.NOTHING);
		}), this.threads);
		claimed.await();
		try {
			// what the claim before it met may make a difference to how a key is claimed
			String known = key();
			done(fixture, request(known, 1), StoredReply.NOTHING);
			assertThat(lost(fixture, request(key, 2))).isInstanceOf(Claim.Undecided.class);
			lost(fixture, request(known, 2));
			lost(fixture, request(known, 2));
			assertThat(lost(fixture, request(key, 2))).isInstanceOf(Claim.Undecided.class);
		}
		finally {
			finish.countDown();
		}
		owner.get(2, TimeUnit.MINUTES);
		assertThat(fixture.store().find(id(key))).isNotNull();
	}

	private Claim lost(Fixture fixture, ClaimRequest request) throws Exception {
		return CompletableFuture.supplyAsync(() -> fixture.tx().execute((status) -> {
			status.setRollbackOnly();
			return fixture.store().claim(request);
		}), this.threads).get(2, TimeUnit.MINUTES);
	}

	private static void pass(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@ParameterizedTest
	@MethodSource("stores")
	void theClaimLeavesTheLockLimitOfTheApplicationAsItWas(Fixture fixture) {
		String limit = switch (fixture.dialect()) {
			case H2 -> "CALL LOCK_TIMEOUT()";
			case POSTGRESQL -> "SELECT current_setting('lock_timeout')";
			case MARIADB, MYSQL -> "SELECT @@SESSION.innodb_lock_wait_timeout";
		};
		fixture.tx().executeWithoutResult((status) -> {
			String before = fixture.jdbc().sql(limit).query(String.class).single();
			assertThat(fixture.store().claim(request(key(), 1))).isInstanceOf(Claim.Granted.class);
			assertThat(fixture.jdbc().sql(limit).query(String.class).single()).isEqualTo(before);
			status.setRollbackOnly();
		});
	}

	@ParameterizedTest
	@MethodSource("stores")
	void aLostClaimWithinATransactionLeavesItUsable(Fixture fixture) {
		String key = key();
		done(fixture, request(key, 1), reply(7));
		fixture.tx().executeWithoutResult((status) -> {
			Claim claim = fixture.store().claimWithin(request(key, 2));
			assertThat(claim).isInstanceOfSatisfying(Claim.Known.class,
					(known) -> assertThat(known.call().reply()).isEqualTo(reply(7)));
			assertThat(fixture.store().claimWithin(request(key + "-other", 2))).isInstanceOf(Claim.Granted.class);
			fixture.store().record(id(key + "-other"), 2, StoredReply.NOTHING);
		});
		assertThat(fixture.store().find(id(key + "-other"))).isNotNull();
	}

	@ParameterizedTest
	@MethodSource("stores")
	void aKeyPastItsRetentionIsAsGoodAsAbsent(Fixture fixture) {
		String key = key();
		done(fixture, request(key, 1, PAST, PAST), reply(1));
		await().until(() -> fixture.store().find(id(key)) == null);
		done(fixture, request(key, 2, PAST, PAST), reply(2));
		await().until(() -> fixture.tx().execute((status) -> {
			boolean granted = fixture.store().claimWithin(request(key, 3)) instanceof Claim.Granted;
			if (granted) {
				fixture.store().record(id(key), 3, reply(3));
			}
			return granted;
		}));
		assertThat(fixture.store().find(id(key)).reply()).isEqualTo(reply(3));
	}

	@ParameterizedTest
	@MethodSource("stores")
	void aReplyPastItsTimeIsTold(Fixture fixture) {
		String key = key();
		done(fixture, request(key, 1, PAST, HOUR), reply(1));
		await().until(() -> fixture.store().find(id(key)).replyExpired());
	}

	@ParameterizedTest
	@MethodSource("stores")
	void aLeaseKeepsOthersOutUntilItRunsOut(Fixture fixture) {
		String key = key();
		assertThat(fixture.store().lease(request(key, 1), HOUR)).isInstanceOf(Claim.Granted.class);
		assertThat(fixture.store().lease(request(key, 2), HOUR)).isInstanceOfSatisfying(Claim.Known.class,
				(known) -> assertThat(known.call().phase()).isEqualTo(Phase.RUNNING));
	}

	@ParameterizedTest
	@MethodSource("stores")
	void anOwnerWhoseAnswerWasLostIsGrantedItsLeaseAgain(Fixture fixture) {
		String key = key();
		Claim first = fixture.store().lease(request(key, 1), HOUR);
		assertThat(fixture.store().lease(request(key, 1), HOUR)).isEqualTo(first);
	}

	@ParameterizedTest
	@MethodSource("stores")
	void anOwnerThatWasGivenUpCanChangeNothing(Fixture fixture) {
		String key = key();
		long old = token(fixture.store().lease(request(key, 1), PAST));
		Claim takeover = await().until(() -> fixture.store().lease(request(key, 2), HOUR),
				Claim.Granted.class::isInstance);
		long current = token(takeover);
		assertThat(current).isGreaterThan(old);
		assertThat(fixture.store().renew(id(key), old, HOUR)).isFalse();
		assertThat(fixture.store().release(id(key), old)).isFalse();
		assertThat(fixture.store().complete(id(key), old, reply(1))).isFalse();
		assertThat(fixture.store().complete(id(key), current, reply(2))).isTrue();
		assertThat(fixture.store().complete(id(key), current, reply(3))).isFalse();
		assertThat(fixture.store().find(id(key)).reply()).isEqualTo(reply(2));
	}

	@ParameterizedTest
	@MethodSource("stores")
	void aReleasedLeaseIsFreeAndItsTokensGrowAllTheSame(Fixture fixture) {
		String key = key();
		long first = token(fixture.store().lease(request(key, 1), HOUR));
		assertThat(fixture.store().release(id(key), first)).isTrue();
		CallFingerprint other = new CallFingerprint(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2,
				3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8 });
		Claim second = fixture.store().lease(new ClaimRequest(id(key), other, 2, HOUR, HOUR), HOUR);
		assertThat(token(second)).isGreaterThan(first);
		assertThat(fixture.store().find(id(key)).fingerprint()).isEqualTo(other);
	}

	@ParameterizedTest
	@MethodSource("stores")
	void aCallWithAnotherFingerprintDoesNotTakeOverAnAbandonedOne(Fixture fixture) {
		String key = key();
		fixture.store().lease(request(key, 1), PAST);
		await().until(() -> fixture.store().find(id(key)).phase() == Phase.ABANDONED);
		CallFingerprint other = new CallFingerprint(IdempotencyId.of("other", null, "").bytes());
		assertThat(fixture.store().lease(new ClaimRequest(id(key), other, 2, HOUR, HOUR), HOUR))
			.isInstanceOf(Claim.Known.class);
	}

	private static long token(Claim claim) {
		return ((Claim.Granted) claim).token();
	}

	@ParameterizedTest
	@MethodSource("stores")
	void thePurgeDropsRepliesFirstAndRowsAfterTheirRetention(Fixture fixture) {
		String late = key();
		String forgotten = key();
		String fresh = key();
		done(fixture, request(late, 1, PAST, HOUR), reply(1));
		done(fixture, request(forgotten, 1, PAST, PAST), reply(2));
		done(fixture, request(fresh, 1), reply(3));
		await().untilAsserted(() -> {
			while (fixture.store().purge(10) > 0) {
				Thread.yield();
			}
			assertThat(rows(fixture, forgotten)).isZero();
			assertThat(fixture.store().find(id(late)).reply()).isEqualTo(StoredReply.WITHHELD);
		});
		assertThat(fixture.store().find(id(fresh)).reply()).isEqualTo(reply(3));
	}

	@ParameterizedTest
	@MethodSource("stores")
	void severalInstancesMayPurgeAtOnceAndBesideClaims(Fixture fixture) throws Exception {
		for (int count = 0; count < 100; count++) {
			done(fixture, request(key(), 1, PAST, PAST), reply(1));
		}
		String claimed = key();
		done(fixture, request(claimed, 1, PAST, PAST), reply(1));
		List<CompletableFuture<Void>> purges = Stream.generate(() -> CompletableFuture.runAsync(() -> {
			while (fixture.store().purge(7) > 0) {
				Thread.yield();
			}
		}, this.threads)).limit(4).toList();
		await().atMost(1, TimeUnit.MINUTES).until(() -> fixture.tx().execute((status) -> {
			boolean granted = fixture.store().claimWithin(request(claimed, 2)) instanceof Claim.Granted;
			if (granted) {
				fixture.store().record(id(claimed), 2, reply(2));
			}
			return granted;
		}));
		for (CompletableFuture<Void> purge : purges) {
			purge.get(2, TimeUnit.MINUTES);
		}
		assertThat(fixture.store().purge(10)).isZero();
		assertThat(fixture.store().find(id(claimed)).reply()).isEqualTo(reply(2));
	}

	@ParameterizedTest
	@MethodSource("stores")
	void thePurgeLeavesALiveLeaseAlone(Fixture fixture) {
		String key = key();
		long token = token(fixture.store().lease(request(key, 1, PAST, PAST), HOUR));
		await().until(() -> fixture.store().purge(1000) == 0);
		assertThat(fixture.store().complete(id(key), token, reply(1))).isTrue();
	}

	private static long rows(Fixture fixture, String key) {
		return fixture.jdbc()
			.sql("SELECT COUNT(*) FROM resilience_idempotency WHERE id = ?")
			.param(id(key).bytes())
			.query(Long.class)
			.single();
	}

	@ParameterizedTest
	@MethodSource("stores")
	void aForgottenCallIsGone(Fixture fixture) {
		String key = key();
		done(fixture, request(key, 1), reply(1));
		long stored = fixture.store().count();
		assertThat(fixture.store().forget(id(key))).isTrue();
		assertThat(fixture.store().forget(id(key))).isFalse();
		assertThat(fixture.store().count()).isEqualTo(stored - 1);
		assertThat(fixture.store().find(id(key))).isNull();
	}

}
