package io.github.resiliencestarter.idempotency;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

import com.zaxxer.hikari.HikariDataSource;
import io.github.resiliencestarter.Wire;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * A pool at the end of a line. It is as patient as a busy machine needs it to be, except
 * while the line is cut: then it gives up at once, as impatient pools do.
 */
final class CutOffPool extends DelegatingDataSource implements AutoCloseable {

	private final HikariDataSource pool;

	private final Wire wire;

	CutOffPool(HikariDataSource pool, Wire wire) {
		super(pool);
		this.pool = pool;
		this.wire = wire;
	}

	@Override
	public Connection getConnection() throws SQLException {
		if (this.wire.isCut()) {
			throw new SQLTransientConnectionException("The line is cut");
		}
		return super.getConnection();
	}

	@Override
	public void close() {
		this.pool.close();
	}

}
