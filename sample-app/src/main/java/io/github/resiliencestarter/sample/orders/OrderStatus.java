package io.github.resiliencestarter.sample.orders;

/**
 * How far an order has come. It only moves forward: {@code PLACED → PAID → CONFIRMED}, or
 * {@code PLACED → REJECTED}.
 */
public enum OrderStatus {

	/** Stored, and the payment is on its way. */
	PLACED,

	/** Charged, and the confirmation is on its way. */
	PAID,

	/** The mail server has taken the confirmation. */
	CONFIRMED,

	/** The payment provider declined. */
	REJECTED

}
