package io.github.resiliencestarter.outbox.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.outbox.Exchange;
import io.github.resiliencestarter.outbox.Exchanged;
import io.github.resiliencestarter.outbox.NewMessage;
import io.github.resiliencestarter.outbox.ShardLease;
import io.github.resiliencestarter.outbox.ShardTurn;
import io.github.resiliencestarter.outbox.StoredMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An instance that was away for longer than its claims last comes back, while others take
 * over what it had.
 */
class EndedClaimTests {

	private static final Duration SHORT = Duration.ofMillis(1);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@AfterEach
	void end() {
		this.threads.shutdownNow();
	}

	@ParameterizedTest
	@CsvSource({ "H2, DELETE FROM resilience_outbox_later", "POSTGRESQL, DELETE FROM resilience_outbox_later",
			"MARIADB, DELETE FROM resilience_outbox_later", "H2, UPDATE resilience_outbox_later SET due = due + 9999",
			"POSTGRESQL, UPDATE resilience_outbox_later SET due = due + 9999",
			"MARIADB, UPDATE resilience_outbox_later SET due = due + 9999" })
	void whatItsOwnerSettlesOrRenewsWhileAnotherTakesItOverIsNotTaken(TestDatabase server, String owners)
			throws Exception {
		SkipLockedFixture fixture = new SkipLockedFixture(server);
		fixture.append("k");
		assertThat(claim(fixture.instance("a", SHORT), 0).fetched()).hasSize(1);
		fixture.awaitEndOfClaims();
		SkipLockedOutboxStore other = fixture.instance("b");
		Future<Exchanged> taking = fixture.transaction.execute((status) -> {
			fixture.execute("UPDATE resilience_outbox_later SET last_error = 'locked'");
			Future<Exchanged> submitted = this.threads.submit(() -> claim(other, 10));
			await().until(() -> submitted.isDone()
					|| elsewhere(() -> server.isSomebodyBlocked(fixture.database.dataSource())));
			fixture.execute(owners);
			return submitted;
		});
		assertThat(taking.get().due()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "H2, true", "H2, false", "POSTGRESQL, true", "POSTGRESQL, false", "MARIADB, true", "MARIADB, false" })
	void aClaimIsTakenUpAgainUnlessAnotherMessageOfItsKeyIsClaimedSince(TestDatabase server, boolean claimedSince) {
		SkipLockedFixture fixture = new SkipLockedFixture(server);
		SkipLockedOutboxStore away = fixture.instance("a", SHORT);
		fixture.transaction.executeWithoutResult((status) -> {
			fixture.tables.append(List.of(new NewMessage(0, "id", "t", "k", null, "commits late", 0, 0)), true);
			elsewhere(() -> {
				fixture.append("k");
				return claim(away, 0);
			});
		});
		fixture.awaitEndOfClaims();
		if (claimedSince) {
			assertThat(claim(fixture.instance("b"), 0).fetched()).extracting(StoredMessage::payload)
				.containsExactly("commits late");
		}
		Set<ShardLease> held = away.attend("a", SkipLockedFixture.LEASE).held();
		assertThat(held.isEmpty()).isEqualTo(claimedSince);
	}

	@ParameterizedTest
	@EnumSource
	void aTakeoverIsNoticedAlsoIfItsClaimEndsInTheSameMillisecond(TestDatabase server) {
		SkipLockedFixture fixture = new SkipLockedFixture(server);
		SkipLockedOutboxStore away = fixture.instance("a");
		fixture.append("k");
		List<StoredMessage> claimed = claim(away, 0).fetched();
		fixture.execute("UPDATE resilience_outbox_later SET crashes = crashes + 1, attempts = attempts + 1");
		ShardTurn turn = new ShardTurn(new ShardLease(0, 1), claimed, List.of(), false, 0, 0, 0);
		away.exchange(new Exchange("", List.of(turn), List.of(), List.of(), Set.of("t"), 0, 0));
		assertThat(fixture.count("resilience_outbox_later")).as("whoever took it over decides").isOne();
	}

	private <T> T elsewhere(Callable<T> task) {
		try {
			return this.threads.submit(task).get();
		}
		catch (InterruptedException | ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Exchanged claim(SkipLockedOutboxStore store, int due) {
		ShardTurn turn = new ShardTurn(new ShardLease(0, 1), List.of(), List.of(), false, 0, 10, 0);
		return store.exchange(new Exchange("", List.of(turn), List.of(), List.of(), Set.of("t"), due, due));
	}

}
