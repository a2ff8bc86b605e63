package io.github.resiliencestarter.benchmarks;

import java.util.function.IntConsumer;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * One of two kinds of work that are measured by turns, a part of each at a time, so that
 * whatever disturbs the machine disturbs both.
 */
public final class Phase {

	private static final int PARTS = 10;

	private final JdbcTemplate jdbc;

	private final IntConsumer work;

	private int units;

	private double seconds;

	private double walBytes;

	private double transactions;

	/**
	 * Prepare a kind of work.
	 * @param jdbc the server whose load is measured
	 * @param work is told a number from zero on, each once
	 */
	public Phase(JdbcTemplate jdbc, IntConsumer work) {
		this.jdbc = jdbc;
		this.work = work;
	}

	/**
	 * Do both by turns.
	 * @param threads on how many threads
	 * @param times how often in all, each
	 * @param one one kind of work
	 * @param other the other
	 */
	public static void byTurns(int threads, int times, Phase one, Phase other) {
		for (int part = 0; part < PARTS; part++) {
			int from = part * times / PARTS;
			int to = (part + 1) * times / PARTS;
			one.run(threads, from, to);
			other.run(threads, from, to);
		}
	}

	private void run(int threads, int from, int to) {
		WriteLoad start = WriteLoad.now(this.jdbc);
		double rate = Work.rate(threads, to - from, (number) -> this.work.accept(from + number));
		WriteLoad load = WriteLoad.now(this.jdbc).since(start, 1);
		this.units += to - from;
		this.seconds += (to - from) / rate;
		this.walBytes += load.walBytes();
		this.transactions += load.transactions();
	}

	/**
	 * Return how often a second it was done.
	 * @return the rate
	 */
	public double rate() {
		return this.units / this.seconds;
	}

	/**
	 * Return what was written.
	 * @return for each time
	 */
	public WriteLoad load() {
		return new WriteLoad(this.walBytes / this.units, this.transactions / this.units);
	}

}
