package io.github.resiliencestarter.benchmarks.guards.annotated;

import io.github.resilience4j.bulkhead.annotation.Bulkhead;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker;
import io.github.resilience4j.ratelimiter.annotation.RateLimiter;
import io.github.resilience4j.retry.annotation.Retry;
import org.openjdk.jmh.annotations.Benchmark;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * The annotations of Resilience4j's Boot starter; its {@code TimeLimiter} refuses
 * synchronous methods.
 */
public class Resilience4j extends AnnotatedCalls<Resilience4j.Prices> {

	public Resilience4j() {
		super("io.github.resilience4j", Application.class, Prices.class,
				"resilience4j.ratelimiter.instances.prices.limit-for-period=100000000",
				"resilience4j.ratelimiter.instances.prices.limit-refresh-period=1s",
				"resilience4j.bulkhead.instances.prices.max-concurrent-calls=100");
	}

	@Override
	void started(ConfigurableApplicationContext context) {
		context.getBean(CircuitBreakerRegistry.class).circuitBreaker("open").transitionToForcedOpenState();
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
	public String fallback() {
		return this.prices.fallback(SKU);
	}

	@Benchmark
	public String retry() {
		return this.prices.retry(SKU);
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

		@CircuitBreaker(name = "prices")
		String breaker(String sku) {
			return sku;
		}

		@RateLimiter(name = "prices")
		String rate(String sku) {
			return sku;
		}

		@Bulkhead(name = "prices")
		String concurrency(String sku) {
			return sku;
		}

		@CircuitBreaker(name = "prices", fallbackMethod = "listPrice")
		String fallback(String sku) {
			return sku;
		}

		@Retry(name = "prices")
		String retry(String sku) {
			return sku;
		}

		@Retry(name = "prices", fallbackMethod = "listPrice")
		@CircuitBreaker(name = "prices")
		@RateLimiter(name = "prices")
		@Bulkhead(name = "prices")
		String stack(String sku) {
			return sku;
		}

		@CircuitBreaker(name = "open", fallbackMethod = "listPrice")
		String openBreaker(String sku) {
			return sku;
		}

		String listPrice(String sku, Throwable cause) {
			return "list price";
		}

	}

}
