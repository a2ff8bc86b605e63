package io.github.resiliencestarter.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A line of a table of aims, filled with what was measured.
 */
public final class Aim {

	/** Head of the table. */
	public static final String HEAD = "| call | aim | measured | reached |\n|---|---|---|---|\n";

	private final String call;

	private final List<String> aims = new ArrayList<>();

	private final List<String> measured = new ArrayList<>();

	private boolean reached = true;

	/**
	 * Create a line without aims.
	 * @param call what is measured
	 */
	public Aim(String call) {
		this.call = call;
	}

	/**
	 * Add an upper bound.
	 * @param aim the bound
	 * @param unit with a blank before it, where it has one
	 * @param value what was measured
	 * @return this line
	 */
	public Aim atMost(double aim, String unit, double value) {
		return add("at most " + number(aim) + unit, number(value) + unit, value <= aim);
	}

	/**
	 * Add a lower bound.
	 * @param aim the bound
	 * @param unit with a blank before it, where it has one
	 * @param value what was measured
	 * @return this line
	 */
	public Aim atLeast(double aim, String unit, double value) {
		return add("at least " + number(aim) + unit, number(value) + unit, value >= aim);
	}

	/**
	 * Add a rival.
	 * @param aim what is aimed at
	 * @param unit with a blank before it, where it has one
	 * @param theirs the rival's value
	 * @param ours what has to be smaller
	 * @return this line
	 */
	public Aim lessThan(String aim, String unit, double theirs, double ours) {
		return add(aim, number(ours) + unit + " against " + number(theirs) + unit, ours < theirs);
	}

	/**
	 * Add what was measured beside the aims.
	 * @param unit with a blank before it, where it has one
	 * @param value what was measured
	 * @return this line
	 */
	public Aim beside(String unit, double value) {
		this.measured.add(number(value) + unit);
		return this;
	}

	private Aim add(String aim, String value, boolean reached) {
		this.aims.add(aim);
		this.measured.add(value);
		this.reached &= reached;
		return this;
	}

	private static String number(double value) {
		String format = (value == Math.rint(value) || value >= 100) ? "%,.0f" : (value < 10) ? "%.2f" : "%.1f";
		return String.format(Locale.ROOT, format, value);
	}

	/**
	 * Return the line.
	 * @return a row of a Markdown table
	 */
	public String row() {
		return "| %s | %s | %s | %s |\n".formatted(this.call, String.join("; ", this.aims),
				String.join("; ", this.measured), this.reached ? "yes" : "**no**");
	}

}
