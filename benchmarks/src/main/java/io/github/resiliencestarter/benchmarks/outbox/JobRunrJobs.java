package io.github.resiliencestarter.benchmarks.outbox;

import java.time.Duration;

import javax.sql.DataSource;

import org.jobrunr.configuration.JobRunr;
import org.jobrunr.configuration.JobRunrConfiguration.JobRunrConfigurationResult;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.storage.sql.common.SqlStorageProviderFactory;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/**
 * JobRunr with eight workers and the shortest poll interval that it allows; the open
 * source edition commits a job on a connection of its own, not with the caller's
 * transaction.
 */
class JobRunrJobs extends OutboxLibrary {

	JobRunrJobs() {
		super("org.springframework.boot", Application.class);
	}

	@Override
	void publish(OrderPlaced order) {
		bean(JobRunrConfigurationResult.class).getJobRequestScheduler()
			.enqueue(new Order(order.number(), order.text()));
	}

	@Override
	String pending() {
		return "SELECT count(*) FROM jobrunr_jobs WHERE state IN ('ENQUEUED', 'PROCESSING')";
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Base.class, Receiver.class })
	static class Application {

		@Bean(destroyMethod = "")
		JobRunrConfigurationResult jobRunr(DataSource dataSource, Environment environment,
				ConfigurableListableBeanFactory beans) {
			return JobRunr.configure()
				.useJsonMapper(new Jackson3JsonMapper())
				.useJobActivator(beans::getBean)
				.useStorageProvider(SqlStorageProviderFactory.using(dataSource))
				.useBackgroundJobServerIf(environment.getProperty(DELIVERS, Boolean.class, true),
						BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
							.andPollInterval(Duration.ofSeconds(5))
							.andWorkerCount(8))
				.initialize();
		}

		@Bean
		AutoCloseable jobRunrEnd() {
			return JobRunr::destroy;
		}

	}

	/**
	 * The message as JobRunr wants it.
	 *
	 * @param number of the order
	 * @param text of the order
	 */
	public record Order(int number, String text) implements JobRequest {

		@Override
		public Class<Receiver> getJobRequestHandler() {
			return Receiver.class;
		}

	}

	/**
	 * The handler as JobRunr wants it.
	 */
	public static class Receiver implements JobRequestHandler<Order> {

		@Override
		public void run(Order order) {
			Deliveries.handle(new OrderPlaced(order.number(), order.text()));
		}

	}

}
