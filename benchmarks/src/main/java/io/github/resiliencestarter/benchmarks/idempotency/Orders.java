package io.github.resiliencestarter.benchmarks.idempotency;

import java.util.Objects;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The business transaction: one insert.
 */
public class Orders {

	static final String INSERT = "INSERT INTO orders (sku, quantity) VALUES (?, ?) RETURNING id";

	private final JdbcTemplate jdbc;

	Orders(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
		jdbc.execute("CREATE TABLE IF NOT EXISTS orders"
				+ " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sku text NOT NULL, quantity int NOT NULL)");
	}

	Reply place(Request request) {
		Long id = this.jdbc.queryForObject(INSERT, Long.class, request.sku, request.quantity);
		return reply(Objects.requireNonNull(id), request);
	}

	static Reply reply(long id, Request request) {
		return new Reply(id, request.sku, request.quantity, "PLACED");
	}

	/**
	 * What the caller sends.
	 *
	 * @param sku what is ordered
	 * @param quantity how many
	 */
	public record Request(String sku, int quantity) {

	}

	/**
	 * What the caller gets.
	 *
	 * @param id the order
	 * @param sku what was ordered
	 * @param quantity how many
	 * @param status of the order
	 */
	public record Reply(long id, String sku, int quantity, String status) {

	}

}
