package io.github.resiliencestarter.benchmarks.guards.annotated;

import org.openjdk.jmh.annotations.Benchmark;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.retry.annotation.CircuitBreaker;
import org.springframework.retry.annotation.EnableRetry;
import org.springframework.retry.annotation.Retryable;

/**
 * spring-retry's own annotations, switched on by itself.
 */
public class SpringRetry extends AnnotatedCalls<SpringRetry.Prices> {

	public SpringRetry() {
		super("org.springframework.boot", Application.class, Prices.class);
	}

	@Benchmark
	public String breaker() {
		return this.prices.breaker(SKU);
	}

	@Benchmark
	public String retry() {
		return this.prices.retry(SKU);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableRetry(proxyTargetClass = true)
	@Import(Prices.class)
	static class Application {

	}

	static class Prices {

		@CircuitBreaker
		String breaker(String sku) {
			return sku;
		}

		@Retryable
		String retry(String sku) {
			return sku;
		}

	}

}
