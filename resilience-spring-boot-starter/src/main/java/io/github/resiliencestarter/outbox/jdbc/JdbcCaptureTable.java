package io.github.resiliencestarter.outbox.jdbc;

import java.util.List;
import java.util.stream.Stream;

import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.outbox.CaptureTable;
import io.github.resiliencestarter.outbox.CapturedEvent;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Inserts events and deletes them in the same transaction: Debezium reads the insert from
 * the database's log and ignores the delete, so the table is always empty and nobody has
 * to clean it up.
 */
final class JdbcCaptureTable implements CaptureTable {

	private static final int MOST = 500;

	private final JdbcTemplate jdbc;

	private final ResilienceDatabase database;

	JdbcCaptureTable(ResilienceDatabase database) {
		this.jdbc = new JdbcTemplate(database.dataSource());
		this.database = database;
	}

	@Override
	public void write(List<CapturedEvent> events) {
		for (int from = 0; from < events.size(); from += MOST) {
			List<CapturedEvent> part = events.subList(from, Math.min(from + MOST, events.size()));
			this.jdbc.update(this.database.sql("""
					INSERT INTO resilience_outbox_event (id, aggregatetype, aggregateid, type, payload, headers)
					VALUES\s""") + String.join(",", part.stream().map((event) -> "(?,?,?,?,?,?)").toList()),
					part.stream()
						.flatMap((event) -> Stream.of(event.id(), event.aggregateType(), event.aggregateId(),
								event.type(), event.payload(), event.headers()))
						.toArray());
			this.jdbc.update(
					this.database.sql(
							"DELETE FROM resilience_outbox_event WHERE id IN (" + Rows.placeholders(part.size()) + ")"),
					part.stream().map(CapturedEvent::id).toArray());
		}
	}

}
