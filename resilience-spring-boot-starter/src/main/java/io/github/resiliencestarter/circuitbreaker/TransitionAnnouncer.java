package io.github.resiliencestarter.circuitbreaker;

import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationEventPublisher;

import io.github.resiliencestarter.circuitbreaker.CircuitBreakerSnapshot.State;

/**
 * Tells the log, Java Flight Recorder and the application of transitions; an
 * application's listener that fails does not fail the call that caused the transition.
 */
final class TransitionAnnouncer implements Consumer<CircuitBreakerTransition> {

	private static final Log logger = LogFactory.getLog(CircuitBreaker.class);

	private final ApplicationEventPublisher events;

	TransitionAnnouncer(ApplicationEventPublisher events) {
		this.events = events;
	}

	@Override
	public void accept(CircuitBreakerTransition transition) {
		String message = "Circuit breaker '" + transition.name() + "' went from " + transition.from() + " to "
				+ transition.to();
		if (transition.to() == State.OPEN) {
			logger.warn(message);
		}
		else {
			logger.info(message);
		}
		BreakerEvents.transition(transition);
		try {
			this.events.publishEvent(transition);
		}
		catch (RuntimeException ex) {
			logger.warn("A listener failed: " + message, ex);
		}
	}

}
