package io.github.resiliencestarter.idempotency;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import io.github.resiliencestarter.idempotency.OrderDesk.Receipt;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for methods that roll back their transaction's connection themselves, and with it
 * the claim that nobody else knows to be gone.
 */
class RolledBackClaimTests {

	@ParameterizedTest
	@EnumSource
	void whatTheMethodDoesAfterwardsDoesNotCommitWithoutItsKey(TestDatabase server) {
		try (Instance instance = Instance.start(server, server.createDatabase())) {
			instance.script().next = () -> {
				rollBack(instance);
				effect(instance);
				return null;
			};
			if (server == TestDatabase.POSTGRESQL) {
				Receipt reply = instance.desk().place("own", "book");
				assertThat(instance.desk().place("own", "book")).isEqualTo(reply);
				assertThat(instance.effects("own")).isOne();
				assertThat(instance.script().runs()).isOne();
			}
			else {
				assertThatIllegalStateException().isThrownBy(() -> instance.desk().place("own", "book"))
					.withMessageContaining("claim");
				assertThat(instance.effects("own")).isZero();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void norDoesItIfAnotherHasTheKeyByThen(TestDatabase server) {
		try (Pair pair = Pair.start(server)) {
			Instance one = pair.one();
			one.script().next = () -> {
				rollBack(one);
				pair.other().desk().place("own", "book");
				effect(one);
				return null;
			};
			if (server == TestDatabase.POSTGRESQL) {
				assertThat(one.desk().place("own", "book")).isEqualTo(pair.other().desk().place("own", "book"));
			}
			else {
				assertThatIllegalStateException().isThrownBy(() -> one.desk().place("own", "book"))
					.withMessageContaining("claim");
			}
			assertThat(one.effects("own")).isOne();
			assertThat(one.desk().place("own", "book")).isEqualTo(pair.other().desk().place("own", "book"));
			assertThat(pair.other().script().runs()).isOne();
		}
	}

	private static void rollBack(Instance instance) throws SQLException {
		Connection connection = DataSourceUtils.getConnection(instance.get(DataSource.class));
		connection.rollback();
		DataSourceUtils.releaseConnection(connection, instance.get(DataSource.class));
	}

	private static void effect(Instance instance) {
		instance.get(JdbcClient.class).sql("INSERT INTO effects (name) VALUES ('own')").update();
	}

}
