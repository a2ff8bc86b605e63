package io.github.resiliencestarter.deadline;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Refusals of methods that return a Reactor type. Loaded only for those.
 */
final class ReactorRefusals {

	private ReactorRefusals() {
	}

	static DeadlineGuard.Refusal mono() {
		return Mono::error;
	}

	static DeadlineGuard.Refusal flux() {
		return Flux::error;
	}

}
