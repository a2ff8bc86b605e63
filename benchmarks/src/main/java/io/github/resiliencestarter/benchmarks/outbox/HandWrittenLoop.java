package io.github.resiliencestarter.benchmarks.outbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What a Spring developer writes for one instance, without retries, leases, order or dead
 * letters: select a batch, handle it, delete it, one commit for each batch.
 */
class HandWrittenLoop extends OutboxLibrary {

	private static final int BATCH = 500;

	private final JsonMapper json = JsonMapper.shared();

	HandWrittenLoop() {
		super("org.springframework.boot", Application.class);
	}

	@Override
	void publish(OrderPlaced order) {
		jdbc().update("INSERT INTO loop_outbox (payload) VALUES (?)", this.json.writeValueAsString(order));
	}

	@Override
	String pending() {
		return "SELECT count(*) FROM loop_outbox";
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Base.class, Table.class, Loop.class })
	static class Application {

	}

	static class Table {

		Table(JdbcTemplate jdbc) {
			jdbc.execute("CREATE TABLE IF NOT EXISTS loop_outbox"
					+ " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload text NOT NULL)");
		}

	}

	@ConditionalOnProperty(name = DELIVERS, havingValue = "true")
	static class Loop implements SmartLifecycle {

		private final JdbcTemplate jdbc;

		private final TransactionTemplate transaction;

		private final JsonMapper json = JsonMapper.shared();

		private final Thread thread = new Thread(this::run, "loop");

		private volatile boolean running;

		Loop(Table table, JdbcTemplate jdbc, TransactionTemplate transaction) {
			this.jdbc = jdbc;
			this.transaction = transaction;
		}

		private void run() {
			try {
				while (this.running) {
					if (Integer.valueOf(0).equals(this.transaction.execute((status) -> batch()))) {
						Thread.sleep(1);
					}
				}
			}
			catch (InterruptedException ex) {
				this.running = false;
			}
		}

		private int batch() {
			List<Row> rows = this.jdbc.query("SELECT id, payload FROM loop_outbox ORDER BY id LIMIT " + BATCH,
					Row::read);
			rows.forEach((row) -> Deliveries.handle(this.json.readValue(row.payload, OrderPlaced.class)));
			if (!rows.isEmpty()) {
				this.jdbc.update("DELETE FROM loop_outbox WHERE id = ANY (?)",
						(Object) rows.stream().map(Row::id).toArray(Long[]::new));
			}
			return rows.size();
		}

		@Override
		public void start() {
			this.running = true;
			this.thread.start();
		}

		@Override
		public void stop() {
			this.running = false;
			try {
				this.thread.join();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

	}

	private record Row(long id, String payload) {

		static Row read(ResultSet rows, int number) throws SQLException {
			return new Row(rows.getLong(1), rows.getString(2));
		}

	}

}
