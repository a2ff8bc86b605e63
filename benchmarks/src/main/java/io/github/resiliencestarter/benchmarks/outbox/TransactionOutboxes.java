package io.github.resiliencestarter.benchmarks.outbox;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.gruelbox.transactionoutbox.Dialect;
import com.gruelbox.transactionoutbox.Persistor;
import com.gruelbox.transactionoutbox.SpringInstantiator;
import com.gruelbox.transactionoutbox.SpringTransactionManager;
import com.gruelbox.transactionoutbox.Submitter;
import com.gruelbox.transactionoutbox.TransactionOutbox;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/**
 * transaction-outbox with eight workers; {@code flush} is called without a pause.
 */
class TransactionOutboxes extends OutboxLibrary {

	TransactionOutboxes() {
		super("org.springframework.boot", Application.class);
	}

	@Override
	void publish(OrderPlaced order) {
		bean(TransactionOutbox.class).schedule(Receiver.class).on(order.number(), order.text());
	}

	@Override
	String pending() {
		return "SELECT count(*) FROM TXNO_OUTBOX";
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Base.class, Receiver.class, SpringInstantiator.class, SpringTransactionManager.class, Flush.class })
	static class Application {

		@Bean(destroyMethod = "shutdownNow")
		ExecutorService workers() {
			return Executors.newFixedThreadPool(8);
		}

		@Bean
		TransactionOutbox outbox(SpringTransactionManager transactions, SpringInstantiator instantiator,
				ExecutorService workers, Environment environment) {
			Submitter submitter = environment.getProperty(DELIVERS, Boolean.class, true)
					? Submitter.withExecutor(workers) : (entry, local) -> {
					};
			return TransactionOutbox.builder()
				.transactionManager(transactions)
				.instantiator(instantiator)
				.persistor(Persistor.forDialect(Dialect.POSTGRESQL_9))
				.submitter(submitter)
				.attemptFrequency(Duration.ofSeconds(5))
				.flushBatchSize(5000)
				.build();
		}

	}

	static class Receiver {

		void on(int number, String text) {
			Deliveries.handle(new OrderPlaced(number, text));
		}

	}

	@ConditionalOnProperty(name = DELIVERS, havingValue = "true")
	static class Flush implements SmartLifecycle {

		private final TransactionOutbox outbox;

		private final Thread thread = new Thread(this::run, "flush");

		private volatile boolean running;

		Flush(TransactionOutbox outbox) {
			this.outbox = outbox;
		}

		private void run() {
			try {
				while (this.running) {
					if (!this.outbox.flush()) {
						Thread.sleep(25);
					}
				}
			}
			catch (InterruptedException ex) {
				this.running = false;
			}
		}

		@Override
		public void start() {
			this.running = true;
			this.thread.start();
		}

		@Override
		public void stop() {
			this.running = false;
			try {
				this.thread.join();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

	}

}
