package io.github.resiliencestarter.idempotency;

import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import io.github.resiliencestarter.jdbc.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for replies of every type, kept and read back on every database.
 */
class ReplyTests {

	private String url;

	private Instance instance;

	private void start(TestDatabase server) {
		this.url = server.createDatabase();
		this.instance = Instance.start(server, this.url);
	}

	@AfterEach
	void stop() {
		this.instance.close();
	}

	@ParameterizedTest
	@EnumSource
	void everyTypeOfReplyIsReplayedInTheShapeOfTheFirst(TestDatabase server) {
		start(server);
		OrderDesk desk = this.instance.desk();
		desk.nothing("void");
		desk.nothing("void");
		assertThat(desk.nullReply("null")).isNull();
		assertThat(desk.nullReply("null")).isNull();
		assertThat(desk.number("number")).isEqualTo(desk.number("number"));
		assertThat(desk.bytes("bytes")).containsExactly(desk.bytes("bytes"));
		assertThat(desk.maybe("maybe", true)).isPresent().isEqualTo(desk.maybe("maybe", true));
		assertThat(desk.maybe("maybe-not", false)).isEqualTo(Optional.empty())
			.isEqualTo(desk.maybe("maybe-not", false));
		assertThat(desk.many("many")).isEqualTo(desk.many("many")).containsKey("receipts");
		assertThat(desk.untyped("untyped")).isEqualTo(desk.untyped("untyped")).asString().endsWith("price=1.10}");
		assertThat(desk.readOnly("read-only").id()).isEqualTo("generated").isEqualTo(desk.readOnly("read-only").id());
		assertThat(this.instance.script().runs()).isEqualTo(9);
	}

	@ParameterizedTest
	@EnumSource
	void aReplyThatIsTooLargeReachesTheFirstCallerAndTheMethodNeverRunsAgain(TestDatabase server) {
		start(server);
		OrderDesk desk = this.instance.desk();
		assertThat(desk.big("big")).hasSize(2_000_000);
		assertThatExceptionOfType(IdempotencyReplyUnavailableException.class).isThrownBy(() -> desk.big("big"));
		assertThat(this.instance.effects("big")).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void aReplyThatADeploymentMadeUnreadableIsUnavailableAndTheMethodNeverRunsAgain(TestDatabase server) {
		start(server);
		this.instance.desk().place("unreadable", "book");
		this.instance.get(JdbcClient.class)
			.sql("UPDATE resilience_idempotency SET reply = ?")
			.param(new byte[] { 1, 1, 0, 0, 0, 0, '[' })
			.update();
		assertThatExceptionOfType(IdempotencyReplyUnavailableException.class)
			.isThrownBy(() -> this.instance.desk().place("unreadable", "book"));
		assertThat(this.instance.effects("unreadable")).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void aSealedReplyOpensInItsOwnRowOnlyAlsoAfterTheKeyWasChanged(TestDatabase server) {
		start(server);
		String key = "resilience.idempotency.encryption.key=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
		try (Instance sealed = Instance.start(server, this.url, key)) {
			OrderDesk.Receipt first = sealed.desk().place("sealed", "secret-sku");
			assertThat(stored(sealed)).noneMatch((reply) -> new String(reply).contains("secret-sku"));
			assertThat(sealed.desk().place("sealed", "secret-sku")).isEqualTo(first);
			assertThatExceptionOfType(IdempotencyReplyUnavailableException.class)
				.isThrownBy(() -> this.instance.desk().place("sealed", "secret-sku"));
			String rotated = "resilience.idempotency.encryption.key=AAAAAAAAAAAAAAAAAAAAAA==";
			try (Instance next = Instance.start(server, this.url, rotated,
					key.replace("encryption.key", "encryption.previous-keys[0]"))) {
				assertThat(next.desk().place("sealed", "secret-sku")).isEqualTo(first);
			}
			sealed.desk().place("other", "secret-sku");
			List<byte[]> replies = stored(sealed);
			sealed.get(JdbcClient.class)
				.sql("UPDATE resilience_idempotency SET reply = ?")
				.param(replies.get(0))
				.update();
			assertThat(List.of("sealed", "other"))
				.anySatisfy((moved) -> assertThatExceptionOfType(IdempotencyReplyUnavailableException.class)
					.isThrownBy(() -> sealed.desk().place(moved, "secret-sku")));
		}
	}

	private static List<byte[]> stored(Instance instance) {
		return instance.get(JdbcClient.class)
			.sql("SELECT reply FROM resilience_idempotency")
			.query((row, number) -> row.getBytes(1))
			.list();
	}

	@ParameterizedTest
	@EnumSource
	void aProgrammaticCallIsAsIdempotentAsAnAnnotatedOne(TestDatabase server) {
		start(server);
		IdempotencyOperations operations = this.instance.get(IdempotencyOperations.class);
		String first = operations.execute("import", "file-1", 42, String.class, () -> {
			this.instance.get(JdbcClient.class).sql("INSERT INTO effects (name) VALUES ('imported')").update();
			return "done";
		});
		assertThat(operations.execute("import", "file-1", 42, String.class, () -> "again")).isEqualTo(first);
		assertThatExceptionOfType(IdempotencyKeyReusedException.class)
			.isThrownBy(() -> operations.execute("import", "file-1", 43, String.class, () -> "other"));
		assertThatExceptionOfType(IdempotencyKeyMissingException.class)
			.isThrownBy(() -> operations.execute("import", " ", 43, String.class, () -> "other"));
		assertThat(this.instance.effects("imported")).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void aCallWithoutAKeyIsRefused(TestDatabase server) {
		start(server);
		assertThatExceptionOfType(IdempotencyKeyMissingException.class)
			.isThrownBy(() -> this.instance.desk().keyless("book"));
		assertThatExceptionOfType(IdempotencyKeyMissingException.class)
			.isThrownBy(() -> this.instance.desk().place(null, "book"));
		assertThatExceptionOfType(IdempotencyKeyInvalidException.class)
			.isThrownBy(() -> this.instance.desk().place("caf\u00e9", "book"));
		assertThat(this.instance.stored()).isZero();
		assertThat(this.instance.script().runs()).isZero();
	}

}
