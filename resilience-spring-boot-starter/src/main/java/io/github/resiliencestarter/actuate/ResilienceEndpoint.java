package io.github.resiliencestarter.actuate;

import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

import io.github.resiliencestarter.guard.GuardPlan;
import io.github.resiliencestarter.guard.GuardPlans;
import io.github.resiliencestarter.io.IoAudit;
import io.github.resiliencestarter.io.IoClient;

/**
 * Shows what every guarded call goes through, outermost first, and which clients could
 * wait for ever.
 */
@Endpoint(id = "resilience")
class ResilienceEndpoint {

	private final GuardPlans plans;

	private final ObjectProvider<IoAudit> audit;

	ResilienceEndpoint(GuardPlans plans, ObjectProvider<IoAudit> audit) {
		this.plans = plans;
		this.audit = audit;
	}

	@ReadOperation
	ResilienceDescriptor resilience() {
		List<MethodDescriptor> methods = this.plans.all().stream().map(MethodDescriptor::of).toList();
		List<IoClient> clients = this.audit.stream().map(IoAudit::clients).flatMap(List::stream).toList();
		return new ResilienceDescriptor(methods, clients);
	}

	/**
	 * Everything there is to see.
	 *
	 * @param methods the guarded methods
	 * @param io the clients
	 */
	record ResilienceDescriptor(List<MethodDescriptor> methods, List<IoClient> io) implements OperationResponseBody {

	}

	/**
	 * A guarded method.
	 *
	 * @param method its name, as guards are named after it
	 * @param chain its guards, outermost first
	 */
	record MethodDescriptor(String method, List<String> chain) {

		static MethodDescriptor of(GuardPlan plan) {
			return new MethodDescriptor(plan.method().name(), plan.labels());
		}

	}

}
