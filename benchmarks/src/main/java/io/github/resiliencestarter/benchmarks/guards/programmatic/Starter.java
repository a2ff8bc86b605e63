package io.github.resiliencestarter.benchmarks.guards.programmatic;

import io.github.resiliencestarter.benchmarks.LibraryUnderTest;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakers;
import io.github.resiliencestarter.throttle.Throttles;
import io.github.resiliencestarter.timeout.Timeouts;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * This project's beans for programmatic use.
 */
public class Starter extends GuardedLambda {

	private ConfigurableApplicationContext context;

	private CircuitBreakers breakers;

	private Timeouts timeouts;

	private Throttles throttles;

	@Setup
	public void start() {
		this.context = LibraryUnderTest.start("io.github.resiliencestarter", Application.class,
				"resilience.circuit-breaker.names=prices", "resilience.timeout.names=prices",
				"resilience.timeout.instances.prices.value=10s", "resilience.throttle.names=rate,concurrency",
				"resilience.throttle.instances.rate.rate=100000000/s",
				"resilience.throttle.instances.concurrency.concurrency=100");
		this.breakers = this.context.getBean(CircuitBreakers.class);
		this.timeouts = this.context.getBean(Timeouts.class);
		this.throttles = this.context.getBean(Throttles.class);
	}

	@TearDown
	public void close() {
		this.context.close();
	}

	@Benchmark
	public String breaker() throws Exception {
		return this.breakers.call("prices", this.action);
	}

	@Benchmark
	public String rate() throws Exception {
		return this.throttles.call("rate", this.action);
	}

	@Benchmark
	public String concurrency() throws Exception {
		return this.throttles.call("concurrency", this.action);
	}

	@Benchmark
	public String timeout() throws Exception {
		return this.timeouts.call("prices", this.action);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
