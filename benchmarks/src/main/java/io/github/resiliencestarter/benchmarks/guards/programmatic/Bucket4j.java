package io.github.resiliencestarter.benchmarks.guards.programmatic;

import java.time.Duration;

import io.github.bucket4j.Bucket;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * Bucket4j's bucket in memory.
 */
public class Bucket4j extends GuardedLambda {

	private final Bucket bucket = Bucket.builder()
		.addLimit((limit) -> limit.capacity(100_000_000).refillGreedy(100_000_000, Duration.ofSeconds(1)))
		.build();

	@Benchmark
	public String rate() throws Exception {
		if (!this.bucket.tryConsume(1)) {
			throw new IllegalStateException("No token");
		}
		return this.action.call();
	}

}
