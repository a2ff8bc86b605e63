package io.github.resiliencestarter.retry;

import java.util.ArrayList;
import java.util.List;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.GuardPlans;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.VirtualClock;
import io.github.resiliencestarter.retry.framework.FrameworkRetryAutoConfiguration;
import io.github.resiliencestarter.retry.springretry.SpringRetryAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for retries and transactions.
 */
@ExtendWith(OutputCaptureExtension.class)
class RetryTransactionTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, RetryAutoConfiguration.class,
				FrameworkRetryAutoConfiguration.class, SpringRetryAutoConfiguration.class, AopAutoConfiguration.class,
				DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
				TransactionAutoConfiguration.class, JdbcTemplateAutoConfiguration.class,
				JdbcClientAutoConfiguration.class))
		.withPropertyValues("spring.datasource.generate-unique-name=true")
		.withBean(MonotonicClock.class, VirtualClock::new)
		.withBean(Orders.class);

	@Test
	void everyAttemptOfBothLibrariesHasAFreshTransactionAndAFailedOneLeavesNothing() {
		this.runner.run((context) -> {
			JdbcClient jdbc = table(context.getBean(JdbcClient.class));
			Orders orders = context.getBean(Orders.class);
			orders.placeWithFramework();
			orders.placeWithSpringRetry();
			assertThat(orders.transactions()).hasSize(6).doesNotHaveDuplicates();
			assertThat(jdbc.sql("select attempt from orders order by id").query(Integer.class).list())
				.containsExactly(3, 3);
			assertThat(context.getBean(GuardPlans.class).all())
				.allSatisfy((plan) -> assertThat(plan.labels()).containsExactly("retry", "transaction"));
		});
	}

	@Test
	void aRetryInsideAnOpenTransactionIsDiagnosedOnce(CapturedOutput output) {
		this.runner.run((context) -> {
			table(context.getBean(JdbcClient.class));
			TransactionTemplate outer = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
			Orders orders = context.getBean(Orders.class);
			for (int call = 0; call < 2; call++) {
				assertThatExceptionOfType(RuntimeException.class)
					.isThrownBy(() -> outer.executeWithoutResult((status) -> orders.placeWithFramework()));
			}
			assertThat(output.toString().split("Orders.placeWithFramework is retried inside a transaction", -1))
				.hasSize(2);
		});
	}

	@Test
	void aRetryOutsideOfTransactionsIsNotDiagnosed(CapturedOutput output) {
		this.runner.run((context) -> {
			table(context.getBean(JdbcClient.class));
			context.getBean(Orders.class).placeWithFramework();
			assertThat(output).doesNotContain("is retried inside a transaction");
		});
	}

	private static JdbcClient table(JdbcClient jdbc) {
		jdbc.sql("create table orders (id int generated always as identity, attempt int)").update();
		return jdbc;
	}

	static class Orders {

		private final JdbcClient jdbc;

		private final List<String> transactions = new ArrayList<>();

		private int attempt;

		Orders(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@Retryable
		@Transactional
		public void placeWithFramework() {
			place();
		}

		@org.springframework.retry.annotation.Retryable
		@Transactional
		public void placeWithSpringRetry() {
			place();
		}

		private void place() {
			this.attempt = this.attempt % 3 + 1;
			assertThat(TransactionSynchronizationManager.isActualTransactionActive()).isTrue();
			this.transactions.add(String.valueOf(TransactionSynchronizationManager.getResourceMap().values()));
			this.jdbc.sql("insert into orders (attempt) values (:attempt)").param("attempt", this.attempt).update();
			if (this.attempt < 3) {
				throw new DuplicateKeyException("boom");
			}
		}

		List<String> transactions() {
			return this.transactions;
		}

	}

}
