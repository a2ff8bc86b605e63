package io.github.resiliencestarter.benchmarks.guards.annotated;

import io.github.resiliencestarter.circuitbreaker.CircuitBreaker;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakers;
import io.github.resiliencestarter.fallback.Fallback;
import io.github.resiliencestarter.throttle.Throttled;
import io.github.resiliencestarter.timeout.Timeout;
import org.openjdk.jmh.annotations.Benchmark;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.retry.annotation.Retryable;

/**
 * This project's annotations.
 */
public class Starter extends AnnotatedCalls<Starter.Prices> {

	public Starter() {
		super("io.github.resiliencestarter", Application.class, Prices.class);
	}

	@Override
	void started(ConfigurableApplicationContext context) {
		context.getBean(CircuitBreakers.class).forceOpen("open", null);
	}

	@Benchmark
	public String breaker() {
		return this.prices.breaker(SKU);
	}

	@Benchmark
	public String rate() {
		return this.prices.rate(SKU);
	}

	@Benchmark
	public String concurrency() {
		return this.prices.concurrency(SKU);
	}

	@Benchmark
	public String timeout() {
		return this.prices.timeout(SKU);
	}

	@Benchmark
	public String fallback() {
		return this.prices.fallback(SKU);
	}

	@Benchmark
	public String springRetry() {
		return this.prices.springRetry(SKU);
	}

	@Benchmark
	public String frameworkRetry() {
		return this.prices.frameworkRetry(SKU);
	}

	@Benchmark
	public String stack() {
		return this.prices.stack(SKU);
	}

	@Benchmark
	public String openBreaker() {
		return this.prices.openBreaker(SKU);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Prices.class)
	static class Application {

	}

	static class Prices {

		@CircuitBreaker
		String breaker(String sku) {
			return sku;
		}

		@Throttled("100000000/s")
		String rate(String sku) {
			return sku;
		}

		@Throttled(concurrency = "100")
		String concurrency(String sku) {
			return sku;
		}

		@Timeout("10s")
		String timeout(String sku) {
			return sku;
		}

		@Fallback("listPrice")
		String fallback(String sku) {
			return sku;
		}

		@Retryable
		String springRetry(String sku) {
			return sku;
		}

		@org.springframework.resilience.annotation.Retryable
		String frameworkRetry(String sku) {
			return sku;
		}

		@Fallback("listPrice")
		@Timeout("10s")
		@Retryable
		@CircuitBreaker
		@Throttled("100000000/s")
		String stack(String sku) {
			return sku;
		}

		@Fallback("listPrice")
		@CircuitBreaker("open")
		String openBreaker(String sku) {
			return sku;
		}

		String listPrice(String sku) {
			return "list price";
		}

	}

}
