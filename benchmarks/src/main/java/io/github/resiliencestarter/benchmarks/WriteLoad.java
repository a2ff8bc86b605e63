package io.github.resiliencestarter.benchmarks;

import java.util.Objects;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * How much a PostgreSQL server has written up to now.
 *
 * @param walBytes position in the write-ahead log
 * @param transactions transactions that wrote
 */
public record WriteLoad(double walBytes, double transactions) {

	/**
	 * Read the server's counters.
	 * @param jdbc the server
	 * @return the counters
	 */
	public static WriteLoad now(JdbcTemplate jdbc) {
		return Objects.requireNonNull(jdbc.queryForObject("""
				SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn,
					pg_snapshot_xmax(pg_current_snapshot())::text::bigint""",
				(row, number) -> new WriteLoad(row.getDouble(1), row.getDouble(2))));
	}

	/**
	 * Return what was written since.
	 * @param earlier counters read before
	 * @param units how many units of work it was written for
	 * @return what was written for each
	 */
	public WriteLoad since(WriteLoad earlier, int units) {
		return new WriteLoad((this.walBytes - earlier.walBytes) / units,
				(this.transactions - earlier.transactions) / units);
	}

}
