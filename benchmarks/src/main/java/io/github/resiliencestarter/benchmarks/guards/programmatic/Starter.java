package io.github.resiliencestarter.benchmarks.guards.programmatic;

import io.github.resiliencestarter.benchmarks.LibraryUnderTest;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakers;
import io.github.resiliencestarter.guard.CallGuard;
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

	private CallGuard breaker;

	private CallGuard timeout;

	private CallGuard rate;

	private CallGuard concurrency;

	@Setup
	public void start() {
		this.context = LibraryUnderTest.start("io.github.resiliencestarter", Application.class,
				"resilience.circuit-breaker.names=prices", "resilience.timeout.names=prices",
				"resilience.timeout.instances.prices.value=10s", "resilience.throttle.names=rate,concurrency",
				"resilience.throttle.instances.rate.rate=100000000/s",
				"resilience.throttle.instances.concurrency.concurrency=100");
		this.breaker = this.context.getBean(CircuitBreakers.class).named("prices");
		this.timeout = this.context.getBean(Timeouts.class).named("prices");
		Throttles throttles = this.context.getBean(Throttles.class);
		this.rate = throttles.named("rate");
		this.concurrency = throttles.named("concurrency");
	}

	@TearDown
	public void close() {
		this.context.close();
	}

	@Benchmark
	public String breaker() throws Exception {
		return this.breaker.call(this.action);
	}

	@Benchmark
	public String rate() throws Exception {
		return this.rate.call(this.action);
	}

	@Benchmark
	public String concurrency() throws Exception {
		return this.concurrency.call(this.action);
	}

	@Benchmark
	public String timeout() throws Exception {
		return this.timeout.call(this.action);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
