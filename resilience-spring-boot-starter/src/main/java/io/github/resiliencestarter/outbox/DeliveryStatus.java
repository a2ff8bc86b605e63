package io.github.resiliencestarter.outbox;

/**
 * What an {@link OutboxProbe} found out about an ambiguous message.
 */
public enum DeliveryStatus {

	/** It reached its receiver: it is done. */
	DELIVERED,

	/** It did not: it is delivered, and is no longer ambiguous. */
	NOT_DELIVERED,

	/** Nobody can tell: {@code on-ambiguous} decides. */
	UNKNOWN

}
