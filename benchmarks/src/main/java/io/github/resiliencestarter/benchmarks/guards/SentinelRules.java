package io.github.resiliencestarter.benchmarks.guards;

import java.util.List;

import com.alibaba.csp.sentinel.slots.block.RuleConstant;
import com.alibaba.csp.sentinel.slots.block.degrade.DegradeRule;
import com.alibaba.csp.sentinel.slots.block.degrade.DegradeRuleManager;
import com.alibaba.csp.sentinel.slots.block.flow.FlowRule;
import com.alibaba.csp.sentinel.slots.block.flow.FlowRuleManager;

/**
 * Sentinel's rules belong to the JVM, not to an application.
 */
public final class SentinelRules {

	/** Resource with a degrade rule on the error ratio. */
	public static final String BREAKER = "breaker";

	/** Resource with a flow rule on the calls for each second. */
	public static final String RATE = "rate";

	/** Resource with a flow rule on the threads inside. */
	public static final String CONCURRENCY = "concurrency";

	private SentinelRules() {
	}

	/**
	 * Load a rule for each resource; none of them ever rejects.
	 */
	public static void load() {
		DegradeRuleManager
			.loadRules(List.of(new DegradeRule(BREAKER).setGrade(RuleConstant.DEGRADE_GRADE_EXCEPTION_RATIO)
				.setCount(0.5)
				.setMinRequestAmount(20)
				.setStatIntervalMs(10_000)
				.setTimeWindow(10)));
		FlowRuleManager.loadRules(List.of(flow(RATE, RuleConstant.FLOW_GRADE_QPS, 100_000_000),
				flow(CONCURRENCY, RuleConstant.FLOW_GRADE_THREAD, 100)));
	}

	private static FlowRule flow(String resource, int grade, int count) {
		FlowRule rule = new FlowRule(resource);
		rule.setGrade(grade);
		rule.setCount(count);
		return rule;
	}

}
