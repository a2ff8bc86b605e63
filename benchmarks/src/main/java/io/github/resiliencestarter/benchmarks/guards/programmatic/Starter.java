package io.github.resiliencestarter.benchmarks.guards.programmatic;

import io.github.resiliencestarter.benchmarks.LibraryUnderTest;
import io.github.resiliencestarter.circuitbreaker.CircuitBreakers;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * This project's {@link CircuitBreakers} bean.
 */
public class Starter extends GuardedLambda {

	private ConfigurableApplicationContext context;

	private CircuitBreakers breakers;

	@Setup
	public void start() {
		this.context = LibraryUnderTest.start("io.github.resiliencestarter", Application.class,
				"resilience.circuit-breaker.names=prices");
		this.breakers = this.context.getBean(CircuitBreakers.class);
	}

	@TearDown
	public void close() {
		this.context.close();
	}

	@Benchmark
	public String breaker() throws Exception {
		return this.breakers.call("prices", this.action);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
