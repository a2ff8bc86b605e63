package io.github.resiliencestarter.benchmarks.outbox;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

import javax.sql.DataSource;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

/**
 * db-scheduler with its fastest polling strategy and eight workers.
 */
class DbScheduler extends OutboxLibrary {

	private static final OneTimeTask<OrderPlaced> TASK = Tasks.oneTime("order", OrderPlaced.class)
		.execute((instance, context) -> Deliveries.handle(instance.getData()));

	DbScheduler() {
		super("org.springframework.boot", Application.class);
	}

	@Override
	void publish(OrderPlaced order) {
		bean(SchedulerClient.class).scheduleIfNotExists(TASK.instance(UUID.randomUUID().toString(), order),
				Instant.now());
	}

	@Override
	String pending() {
		return "SELECT count(*) FROM scheduled_tasks";
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Base.class, Table.class })
	static class Application {

		@Bean
		@Primary
		SchedulerClient client(DataSource dataSource, Table table) {
			return SchedulerClient.Builder.create(new TransactionAwareDataSourceProxy(dataSource), TASK).build();
		}

		@Bean(initMethod = "start", destroyMethod = "stop")
		@ConditionalOnProperty(name = DELIVERS, havingValue = "true")
		Scheduler scheduler(DataSource dataSource, Table table) {
			return Scheduler.create(dataSource, TASK)
				.pollUsingLockAndFetch(1, 8)
				.pollingInterval(Duration.ofMillis(25))
				.threads(8)
				.build();
		}

	}

	static class Table {

		Table(JdbcTemplate jdbc) {
			jdbc.execute("""
					CREATE TABLE IF NOT EXISTS scheduled_tasks (
						task_name text NOT NULL,
						task_instance text NOT NULL,
						task_data bytea,
						execution_time timestamptz NOT NULL,
						picked boolean NOT NULL,
						picked_by text,
						last_success timestamptz,
						last_failure timestamptz,
						consecutive_failures int,
						last_heartbeat timestamptz,
						version bigint NOT NULL,
						priority smallint,
						state text,
						PRIMARY KEY (task_name, task_instance)
					);
					CREATE INDEX IF NOT EXISTS execution_time_idx ON scheduled_tasks (execution_time);
					CREATE INDEX IF NOT EXISTS last_heartbeat_idx ON scheduled_tasks (last_heartbeat)""");
		}

	}

}
