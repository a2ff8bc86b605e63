package io.github.resiliencestarter.sample.simulator;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

import jakarta.servlet.http.HttpServletRequest;

import org.jspecify.annotations.Nullable;

import org.springframework.http.ResponseEntity;

/**
 * A service that is as slow and unreliable as it is told to be. Thread-safe.
 */
class SimulatedService {

	private volatile Behaviour behaviour = Behaviour.HEALTHY;

	Behaviour behaviour() {
		return this.behaviour;
	}

	Behaviour behave(Behaviour behaviour) {
		this.behaviour = behaviour;
		return behaviour;
	}

	/**
	 * Do the work, or fail, as the behaviour says.
	 * @return the answer, or {@code null} if there is to be none
	 */
	<T> @Nullable ResponseEntity<T> answer(HttpServletRequest request, Supplier<ResponseEntity<T>> work)
			throws InterruptedException {
		Behaviour current = this.behaviour;
		Thread.sleep(current.latencyMillis());
		if (happens(current.failureRate())) {
			return ResponseEntity.internalServerError().build();
		}
		ResponseEntity<T> answer = work.get();
		if (happens(current.dropReplyRate())) {
			ReplyDroppingValve.dropReplyTo(request);
			return null;
		}
		return answer;
	}

	private static boolean happens(double rate) {
		return ThreadLocalRandom.current().nextDouble() < rate;
	}

}
