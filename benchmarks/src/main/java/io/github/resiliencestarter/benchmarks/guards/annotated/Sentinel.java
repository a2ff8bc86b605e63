package io.github.resiliencestarter.benchmarks.guards.annotated;

import com.alibaba.csp.sentinel.annotation.SentinelResource;
import com.alibaba.csp.sentinel.annotation.aspectj.SentinelResourceAspect;
import io.github.resiliencestarter.benchmarks.guards.SentinelRules;
import org.openjdk.jmh.annotations.Benchmark;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Sentinel's annotation with a rule for each resource.
 */
public class Sentinel extends AnnotatedCalls<Sentinel.Prices> {

	public Sentinel() {
		super("org.springframework.boot", Application.class, Prices.class);
	}

	@Override
	void started(ConfigurableApplicationContext context) {
		SentinelRules.load();
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

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Prices.class, SentinelResourceAspect.class })
	static class Application {

	}

	static class Prices {

		@SentinelResource(SentinelRules.BREAKER)
		String breaker(String sku) {
			return sku;
		}

		@SentinelResource(SentinelRules.RATE)
		String rate(String sku) {
			return sku;
		}

		@SentinelResource(SentinelRules.CONCURRENCY)
		String concurrency(String sku) {
			return sku;
		}

	}

}
