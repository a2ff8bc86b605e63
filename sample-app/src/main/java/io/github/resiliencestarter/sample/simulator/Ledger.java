package io.github.resiliencestarter.sample.simulator;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What the payment provider did. For each idempotency key it decides once, and gives the
 * same answer to every repetition, as real providers do. Thread-safe.
 */
class Ledger {

	private static final BigDecimal CREDIT_LIMIT = new BigDecimal("1000000");

	private final Map<String, Boolean> decisions = new ConcurrentHashMap<>();

	private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();

	/**
	 * Charge an order, or decline it above the credit limit.
	 * @return whether it was charged, now or before
	 */
	boolean charge(String idempotencyKey, Charge charge) {
		return this.decisions.computeIfAbsent(idempotencyKey, (key) -> decide(key, charge));
	}

	private boolean decide(String idempotencyKey, Charge charge) {
		if (charge.amount().compareTo(CREDIT_LIMIT) > 0) {
			return false;
		}
		return this.entries.add(new Entry(idempotencyKey, charge.orderId(), charge.amount()));
	}

	List<Entry> entries() {
		return List.copyOf(this.entries);
	}

	/**
	 * What is to be charged.
	 */
	record Charge(long orderId, BigDecimal amount) {
	}

	/**
	 * A charge that was carried out.
	 */
	record Entry(String idempotencyKey, long orderId, BigDecimal amount) {
	}

}
