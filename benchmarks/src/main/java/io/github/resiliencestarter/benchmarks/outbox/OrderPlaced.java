package io.github.resiliencestarter.benchmarks.outbox;

import java.io.Serializable;

/**
 * The message, about 300 bytes as JSON.
 *
 * @param number counts from zero in each phase
 * @param text makes up the size
 */
public record OrderPlaced(int number, String text) implements Serializable {

	private static final String TEXT = "a line of an order, its address and what else a receiver wants to know; "
		.repeat(4)
		.substring(0, 270);

	OrderPlaced(int number) {
		this(number, TEXT);
	}

}
