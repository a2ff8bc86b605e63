package io.github.resiliencestarter.circuitbreaker;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * What Java Flight Recorder sees of breakers.
 */
final class BreakerEvents {

	private BreakerEvents() {
	}

	static void transition(CircuitBreakerTransition transition) {
		TransitionEvent event = new TransitionEvent();
		if (event.shouldCommit()) {
			event.name = transition.name();
			event.from = transition.from().name();
			event.to = transition.to().name();
			event.commit();
		}
	}

	static void rejection(String breaker) {
		RejectionEvent event = new RejectionEvent();
		if (event.shouldCommit()) {
			event.name = breaker;
			event.commit();
		}
	}

	@Name("resilience.CircuitBreakerTransition")
	@Label("Circuit Breaker Transition")
	@Category("Resilience")
	@Description("A circuit breaker went from one state to another")
	@StackTrace(false)
	static final class TransitionEvent extends Event {

		@Label("Name")
		String name = "";

		@Label("From")
		String from = "";

		@Label("To")
		String to = "";

	}

	@Name("resilience.CircuitBreakerRejection")
	@Label("Circuit Breaker Rejection")
	@Category("Resilience")
	@Description("A circuit breaker refused a call, or would have in shadow mode")
	@StackTrace(false)
	static final class RejectionEvent extends Event {

		@Label("Name")
		String name = "";

	}

}
