package io.github.resiliencestarter.guard;

import java.util.List;

/**
 * The compiled chain of one method.
 *
 * @param method the method
 * @param chain the guards it has, outermost first
 * @param head the outermost guard
 */
public record GuardPlan(GuardedMethod method, List<GuardOrder> chain, Guard head) {

	public GuardPlan {
		chain = List.copyOf(chain);
	}

	/**
	 * Return the guards' names as actuator lists them.
	 * @return the names, outermost first
	 */
	public List<String> labels() {
		return this.chain.stream().map(GuardOrder::label).filter((label) -> label != null).toList();
	}

}
