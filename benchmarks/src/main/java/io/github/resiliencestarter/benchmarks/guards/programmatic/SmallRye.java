package io.github.resiliencestarter.benchmarks.guards.programmatic;

import java.time.temporal.ChronoUnit;

import io.smallrye.faulttolerance.api.TypedGuard;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * SmallRye's guards outside a container; its annotations need CDI.
 */
public class SmallRye extends GuardedLambda {

	private final TypedGuard<String> breaker = breaker(guard()).build();

	private final TypedGuard<String> rate = rate(guard()).build();

	private final TypedGuard<String> concurrency = guard().withBulkhead().limit(100).done().build();

	private final TypedGuard<String> timeout = timeout(guard()).build();

	private final TypedGuard<String> retry = guard().withRetry().done().build();

	private final TypedGuard<String> stack = rate(breaker(timeout(guard()))).withRetry()
		.done()
		.withFallback()
		.handler(() -> "list price")
		.done()
		.build();

	private static TypedGuard.Builder<String> guard() {
		return TypedGuard.create(String.class);
	}

	private static TypedGuard.Builder<String> breaker(TypedGuard.Builder<String> guard) {
		return guard.withCircuitBreaker().requestVolumeThreshold(100).failureRatio(0.5).done();
	}

	private static TypedGuard.Builder<String> rate(TypedGuard.Builder<String> guard) {
		return guard.withRateLimit().limit(100_000_000).window(1, ChronoUnit.SECONDS).done();
	}

	private static TypedGuard.Builder<String> timeout(TypedGuard.Builder<String> guard) {
		return guard.withTimeout().duration(10, ChronoUnit.SECONDS).done();
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

	@Benchmark
	public String retry() throws Exception {
		return this.retry.call(this.action);
	}

	@Benchmark
	public String stack() throws Exception {
		return this.stack.call(this.action);
	}

}
