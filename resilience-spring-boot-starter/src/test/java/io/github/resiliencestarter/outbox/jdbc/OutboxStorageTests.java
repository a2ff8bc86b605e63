package io.github.resiliencestarter.outbox.jdbc;

import java.util.List;

import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How PostgreSQL keeps the outbox's tables, which is what docs/operations.md explains.
 */
class OutboxStorageTests {

	private final JdbcClient jdbc = JdbcClient.create(TestDatabase.POSTGRESQL.createResilienceDatabase().dataSource());

	@Test
	void theHotTableHasNoIndexButItsPrimaryKey() {
		assertThat(indexes("resilience_outbox")).containsExactly("(shard, id)");
	}

	@Test
	void whatWaitsIsFoundByTimeAndByKey() {
		assertThat(indexes("resilience_outbox_later")).containsExactlyInAnyOrder("(shard, id)", "(due)",
				"(shard, held_key, id)");
		assertThat(indexes("resilience_outbox_dead")).containsExactlyInAnyOrder("(shard, id)", "(message_id)",
				"(dead_at)");
	}

	@Test
	void tablesThatChangeFastAreVacuumedByTheNumberOfDeadRows() {
		for (String table : List.of("resilience_outbox", "resilience_outbox_later", "resilience_outbox_event",
				"resilience_outbox_lease", "resilience_outbox_member")) {
			assertThat(options(table)).as(table).contains("autovacuum_vacuum_scale_factor=0");
		}
		assertThat(options("resilience_outbox_lease")).contains("fillfactor=50");
		assertThat(options("resilience_outbox_member")).contains("fillfactor=50");
	}

	private List<String> indexes(String table) {
		return this.jdbc.sql("SELECT substring(indexdef FROM '\\(.*') FROM pg_indexes WHERE tablename = ?")
			.param(table)
			.query(String.class)
			.list();
	}

	private List<String> options(String table) {
		return this.jdbc.sql("SELECT unnest(reloptions) FROM pg_class WHERE relname = ?")
			.param(table)
			.query(String.class)
			.list();
	}

}
