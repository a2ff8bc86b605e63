package io.github.resiliencestarter.benchmarks.idempotency;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.eventuate.common.jdbc.EventuateDuplicateKeyException;
import io.eventuate.common.jdbc.EventuateJdbcStatementExecutor;
import io.eventuate.common.jdbc.EventuateRowMapper;
import io.eventuate.common.jdbc.EventuateSchema;
import io.eventuate.common.jdbc.EventuateTransactionTemplate;
import io.eventuate.tram.consumer.common.DuplicateMessageDetector;
import io.eventuate.tram.consumer.jdbc.SqlTableBasedDuplicateMessageDetector;
import io.eventuate.tram.messaging.common.SubscriberIdAndMessage;
import io.eventuate.tram.messaging.producer.MessageBuilder;
import io.github.resiliencestarter.benchmarks.idempotency.Orders.Request;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Eventuate Tram's duplicate detection: the message's id in the consumer's transaction.
 * It tells duplicates and keeps no reply.
 */
class EventuateTram extends IdempotencyLibrary {

	EventuateTram() {
		super("org.springframework.boot", Application.class);
	}

	@Override
	void place(String key, Request request) {
		bean(DuplicateMessageDetector.class).doWithMessage(
				new SubscriberIdAndMessage("orders", MessageBuilder.withPayload("").withHeader("ID", key).build()),
				() -> bean(Orders.class).place(request));
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Base.class)
	static class Application {

		@Bean
		DuplicateMessageDetector detector(JdbcTemplate jdbc, TransactionTemplate transaction) {
			jdbc.execute("""
					CREATE TABLE IF NOT EXISTS received_messages (
						consumer_id varchar(1000),
						message_id varchar(1000),
						creation_time bigint,
						published smallint DEFAULT 0,
						PRIMARY KEY (consumer_id, message_id)
					)""");
			return new SqlTableBasedDuplicateMessageDetector(new EventuateSchema(EventuateSchema.EMPTY_SCHEMA),
					"CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)", new Statements(jdbc),
					new Transactions(transaction));
		}

	}

	private record Transactions(TransactionTemplate template) implements EventuateTransactionTemplate {

		@Override
		public <T> T executeInTransaction(Supplier<T> action) {
			return this.template.execute((status) -> action.get());
		}

	}

	private record Statements(JdbcTemplate jdbc) implements EventuateJdbcStatementExecutor {

		@Override
		public long insertAndReturnGeneratedId(String sql, String column, Object... parameters) {
			throw new UnsupportedOperationException();
		}

		@Override
		public int update(String sql, Object... parameters) {
			try {
				return this.jdbc.update(sql, parameters);
			}
			catch (DuplicateKeyException ex) {
				throw new EventuateDuplicateKeyException(ex);
			}
		}

		@Override
		public <T> List<T> query(String sql, EventuateRowMapper<T> mapper, Object... parameters) {
			return this.jdbc.query(sql, mapper::mapRow, parameters);
		}

		@Override
		public List<Map<String, Object>> queryForList(String sql, Object... parameters) {
			return this.jdbc.queryForList(sql, parameters);
		}

	}

}
