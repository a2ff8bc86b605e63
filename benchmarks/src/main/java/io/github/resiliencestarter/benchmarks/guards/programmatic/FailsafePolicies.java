package io.github.resiliencestarter.benchmarks.guards.programmatic;

import java.time.Duration;

import dev.failsafe.Bulkhead;
import dev.failsafe.CircuitBreaker;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.Fallback;
import dev.failsafe.RateLimiter;
import dev.failsafe.RetryPolicy;
import dev.failsafe.Timeout;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * Failsafe's policies.
 */
public class FailsafePolicies extends GuardedLambda {

	private final CircuitBreaker<String> circuitBreaker = CircuitBreaker.<String>builder()
		.withFailureThreshold(50, 100)
		.build();

	private final RateLimiter<String> rateLimiter = RateLimiter
		.<String>smoothBuilder(100_000_000, Duration.ofSeconds(1))
		.build();

	private final Timeout<String> limit = Timeout.<String>builder(Duration.ofSeconds(10)).withInterrupt().build();

	private final RetryPolicy<String> retryPolicy = RetryPolicy.ofDefaults();

	private final FailsafeExecutor<String> breaker = Failsafe.with(this.circuitBreaker);

	private final FailsafeExecutor<String> rate = Failsafe.with(this.rateLimiter);

	private final FailsafeExecutor<String> concurrency = Failsafe.with(Bulkhead.of(100));

	private final FailsafeExecutor<String> timeout = Failsafe.with(this.limit);

	private final FailsafeExecutor<String> retry = Failsafe.with(this.retryPolicy);

	private final FailsafeExecutor<String> stack = Failsafe.with(Fallback.of("list price"), this.retryPolicy,
			this.circuitBreaker, this.rateLimiter, this.limit);

	@Benchmark
	public String breaker() {
		return this.breaker.get(this.action::call);
	}

	@Benchmark
	public String rate() {
		return this.rate.get(this.action::call);
	}

	@Benchmark
	public String concurrency() {
		return this.concurrency.get(this.action::call);
	}

	@Benchmark
	public String timeout() {
		return this.timeout.get(this.action::call);
	}

	@Benchmark
	public String retry() {
		return this.retry.get(this.action::call);
	}

	@Benchmark
	public String stack() {
		return this.stack.get(this.action::call);
	}

}
