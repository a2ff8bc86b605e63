package io.github.resiliencestarter.timeout;

/**
 * Keeps the slots of two threads out of one cache line.
 */
@SuppressWarnings("unused")
abstract class SlotPadding {

	private long p1;

	private long p2;

	private long p3;

	private long p4;

	private long p5;

	private long p6;

	private long p7;

	private long p8;

}
