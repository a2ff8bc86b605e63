package io.github.resiliencestarter.benchmarks.guards.annotated;

import org.openjdk.jmh.annotations.Benchmark;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;

/**
 * Spring Framework's own annotations, switched on by itself.
 */
public class SpringFramework extends AnnotatedCalls<SpringFramework.Prices> {

	public SpringFramework() {
		super("org.springframework.boot", Application.class, Prices.class);
	}

	@Benchmark
	public String concurrency() {
		return this.prices.concurrency(SKU);
	}

	@Benchmark
	public String retry() {
		return this.prices.retry(SKU);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableResilientMethods(proxyTargetClass = true)
	@Import(Prices.class)
	static class Application {

	}

	static class Prices {

		@ConcurrencyLimit(100)
		String concurrency(String sku) {
			return sku;
		}

		@Retryable
		String retry(String sku) {
			return sku;
		}

	}

}
