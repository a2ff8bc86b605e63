package io.github.resiliencestarter.benchmarks.guards.programmatic;

import java.time.Duration;
import java.util.concurrent.Callable;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.retry.Retry;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * Resilience4j's core without Spring and without event consumers.
 */
public class Resilience4j extends GuardedLambda {

	private final CircuitBreaker breaker = CircuitBreaker.ofDefaults("prices");

	private final CircuitBreaker lockFreeBreaker = CircuitBreaker.of("prices",
			CircuitBreakerConfig.custom()
				.slidingWindowSynchronizationStrategy(
						CircuitBreakerConfig.SlidingWindowSynchronizationStrategy.LOCK_FREE)
				.build());

	private final RateLimiter rate = RateLimiter.of("prices",
			RateLimiterConfig.custom().limitForPeriod(100_000_000).limitRefreshPeriod(Duration.ofSeconds(1)).build());

	private final Bulkhead concurrency = Bulkhead.of("prices", BulkheadConfig.custom().maxConcurrentCalls(100).build());

	private final Retry retry = Retry.ofDefaults("prices");

	private final Callable<String> stack = Retry.decorateCallable(this.retry,
			CircuitBreaker.decorateCallable(this.breaker,
					RateLimiter.decorateCallable(this.rate, Bulkhead.decorateCallable(this.concurrency, this.action))));

	@Benchmark
	public String breaker() throws Exception {
		return this.breaker.executeCallable(this.action);
	}

	@Benchmark
	public String lockFreeBreaker() throws Exception {
		return this.lockFreeBreaker.executeCallable(this.action);
	}

	@Benchmark
	public String rate() throws Exception {
		return this.rate.executeCallable(this.action);
	}

	@Benchmark
	public String concurrency() throws Exception {
		return this.concurrency.executeCallable(this.action);
	}

	@Benchmark
	public String retry() throws Exception {
		return this.retry.executeCallable(this.action);
	}

	@Benchmark
	public String stack() throws Exception {
		return this.stack.call();
	}

}
