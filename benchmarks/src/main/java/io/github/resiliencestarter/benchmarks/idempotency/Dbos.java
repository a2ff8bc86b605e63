package io.github.resiliencestarter.benchmarks.idempotency;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

import javax.sql.DataSource;

import dev.dbos.transact.DBOS;
import dev.dbos.transact.config.DBOSConfig;
import dev.dbos.transact.context.WorkflowOptions;
import dev.dbos.transact.txstep.JdbcStepFactory;
import dev.dbos.transact.txstep.JdbcStepFactory.TransactionalFunction;
import dev.dbos.transact.workflow.Workflow;
import io.github.resiliencestarter.benchmarks.idempotency.Orders.Reply;
import io.github.resiliencestarter.benchmarks.idempotency.Orders.Request;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * DBOS with a workflow for each key, and the order in a transactional step of it. It
 * keeps the reply.
 */
class Dbos extends IdempotencyLibrary {

	Dbos() {
		super("org.springframework.boot", Application.class);
	}

	@Override
	void place(String key, Request request) throws Exception {
		AutoCloseable context = new WorkflowOptions(key).setContext();
		try {
			bean(Shop.class).place(request.sku(), request.quantity());
		}
		finally {
			context.close();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Base.class)
	static class Application {

		@Bean(destroyMethod = "shutdown")
		DBOS dbos(DataSource dataSource) {
			return new DBOS(DBOSConfig.defaults("orders").withDataSource(dataSource));
		}

		@Bean
		Shop shop(DBOS dbos, DataSource dataSource) {
			Shop shop = dbos.registerProxy(Shop.class, new TransactionalShop(new JdbcStepFactory(dbos, dataSource)));
			dbos.launch();
			return shop;
		}

	}

	/**
	 * What DBOS makes a proxy for.
	 */
	public interface Shop {

		Reply place(String sku, int quantity) throws SQLException;

	}

	/**
	 * The workflow.
	 */
	public static class TransactionalShop implements Shop {

		private final JdbcStepFactory steps;

		TransactionalShop(JdbcStepFactory steps) {
			this.steps = steps;
		}

		@Override
		@Workflow(name = "place")
		public Reply place(String sku, int quantity) throws SQLException {
			TransactionalFunction<Reply, SQLException> insert = (connection) -> insert(connection,
					new Request(sku, quantity));
			return this.steps.txStep(insert, "insert");
		}

		private static Reply insert(Connection connection, Request request) throws SQLException {
			try (PreparedStatement statement = connection.prepareStatement(Orders.INSERT)) {
				statement.setString(1, request.sku());
				statement.setInt(2, request.quantity());
				try (ResultSet rows = statement.executeQuery()) {
					rows.next();
					return Orders.reply(rows.getLong(1), request);
				}
			}
		}

	}

}
