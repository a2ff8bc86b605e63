package io.github.resiliencestarter.idempotency;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import org.jspecify.annotations.Nullable;

/**
 * The calls under way in this process: at most one for each key.
 */
final class Flights {

	private final ConcurrentMap<IdempotencyId, Flight> underWay = new ConcurrentHashMap<>();

	/**
	 * Start a flight unless there is one.
	 * @param id the key
	 * @param flight the flight to start
	 * @return the flight that is there already, or {@code null} if this one has started
	 */
	@Nullable Flight start(IdempotencyId id, Flight flight) {
		return this.underWay.putIfAbsent(id, flight);
	}

	void land(IdempotencyId id, Flight flight, @Nullable StoredReply reply) {
		this.underWay.remove(id, flight);
		flight.land(reply);
	}

	boolean isUnderWay(IdempotencyId id) {
		return this.underWay.containsKey(id);
	}

}
