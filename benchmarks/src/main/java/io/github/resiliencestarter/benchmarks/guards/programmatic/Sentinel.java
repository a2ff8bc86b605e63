package io.github.resiliencestarter.benchmarks.guards.programmatic;

import com.alibaba.csp.sentinel.Entry;
import com.alibaba.csp.sentinel.SphU;
import io.github.resiliencestarter.benchmarks.guards.SentinelRules;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/**
 * Sentinel's entries with a rule for each resource.
 */
public class Sentinel extends GuardedLambda {

	@Setup
	public void load() {
		SentinelRules.load();
	}

	@Benchmark
	public String breaker() throws Exception {
		return call(SentinelRules.BREAKER);
	}

	@Benchmark
	public String rate() throws Exception {
		return call(SentinelRules.RATE);
	}

	@Benchmark
	public String concurrency() throws Exception {
		return call(SentinelRules.CONCURRENCY);
	}

	private String call(String resource) throws Exception {
		Entry entry = SphU.entry(resource);
		try {
			return this.action.call();
		}
		finally {
			entry.exit();
		}
	}

}
