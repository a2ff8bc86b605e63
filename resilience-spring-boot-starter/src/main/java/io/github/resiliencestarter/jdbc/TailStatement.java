package io.github.resiliencestarter.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * One of the last statements of a transaction. It has to fail where the transaction is
 * not to commit: when its result can be looked at, the transaction has ended.
 */
public interface TailStatement {

	/**
	 * Return the statement.
	 * @return a single statement, without a semicolon
	 */
	String sql();

	/**
	 * Set the parameters.
	 * @param statement the statement among others
	 * @param first the index of the first parameter
	 * @return the index after the last one
	 * @throws SQLException from the driver
	 */
	int bind(PreparedStatement statement, int first) throws SQLException;

	/**
	 * Take what a committed statement has returned.
	 * @param rows the rows, if it returns any
	 * @throws SQLException from the driver
	 */
	default void read(ResultSet rows) throws SQLException {
	}

}
