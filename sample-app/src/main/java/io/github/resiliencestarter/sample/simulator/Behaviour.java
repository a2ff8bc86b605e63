package io.github.resiliencestarter.sample.simulator;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * How a simulated service behaves. What a request leaves out is 0.
 *
 * @param latencyMillis how long it takes before it does anything
 * @param failureRate how often it fails without doing anything, from 0 to 1
 * @param dropReplyRate how often it does what it is asked and closes the connection
 * without an answer, from 0 to 1
 */
record Behaviour(
		@Min(value = 0, message = "The latencyMillis must not be negative.") @Max(value = 600_000,
				message = "The latencyMillis must be 600000 at most.") Integer latencyMillis,
		@DecimalMin(value = "0", message = Behaviour.FAILURE_RATE) @DecimalMax(value = "1",
				message = Behaviour.FAILURE_RATE) Double failureRate,
		@DecimalMin(value = "0", message = Behaviour.DROP_REPLY_RATE) @DecimalMax(value = "1",
				message = Behaviour.DROP_REPLY_RATE) Double dropReplyRate) {

	static final Behaviour HEALTHY = new Behaviour(null, null, null);

	static final String FAILURE_RATE = "The failureRate must be from 0 to 1.";

	static final String DROP_REPLY_RATE = "The dropReplyRate must be from 0 to 1.";

	Behaviour {
		latencyMillis = (latencyMillis != null) ? latencyMillis : 0;
		failureRate = (failureRate != null) ? failureRate : 0;
		dropReplyRate = (dropReplyRate != null) ? dropReplyRate : 0;
	}

}
