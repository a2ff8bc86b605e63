package io.github.resiliencestarter.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Horizontal bars in panels, each panel with a scale of its own that begins at zero, as
 * an SVG with a light background.
 */
public final class BarChart {

	private static final int WIDTH = 860;

	private static final int LABELS = 230;

	private static final int VALUES = 110;

	private static final int BAR = 20;

	private static final int GAP = 6;

	private final String title;

	private final List<Panel> panels = new ArrayList<>();

	/**
	 * Create an empty chart.
	 * @param title what stands above it
	 */
	public BarChart(String title) {
		this.title = title;
	}

	/**
	 * Add a panel.
	 * @param title what its bars measure
	 * @return the panel, without bars
	 */
	public Panel panel(String title) {
		Panel panel = new Panel(title, new ArrayList<>());
		this.panels.add(panel);
		return panel;
	}

	/**
	 * Draw the chart.
	 * @return the SVG
	 */
	public String svg() {
		StringBuilder body = new StringBuilder();
		int y = 56;
		for (Panel panel : this.panels) {
			body.append(text(16, y, "panel", panel.title));
			y += 12;
			double longest = panel.bars.stream().mapToDouble(Bar::value).max().orElse(1);
			for (Bar bar : panel.bars) {
				body.append(draw(bar, y, longest));
				y += BAR + GAP;
			}
			y += 30;
		}
		return """
				<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img">
				<style>
				text { font-family: system-ui, sans-serif; font-size: 13px; fill: #24292f }
				.title { font-size: 17px; font-weight: 600 }
				.panel { font-weight: 600 }
				.end { text-anchor: end }
				</style>
				<rect width="100%%" height="100%%" fill="#ffffff"/>
				%3$s%4$s</svg>
				""".formatted(WIDTH, y, text(16, 28, "title", this.title), body);
	}

	private static String draw(Bar bar, int y, double longest) {
		double width = Math.max(1, bar.value / longest * (WIDTH - LABELS - VALUES));
		return text(LABELS - 10, y + 15, "end", bar.label) + String.format(Locale.ROOT,
				"<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" fill=\"%s\"/>\n", LABELS, y, width, BAR,
				bar.kind.colour) + text((int) (LABELS + width + 8), y + 15, "", bar.caption);
	}

	private static String text(int x, int y, String style, String text) {
		return "<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>%n".formatted(x, y, style,
				text.replace("&", "&amp;").replace("<", "&lt;"));
	}

	/**
	 * Whose bar it is.
	 */
	public enum Kind {

		/** What cannot be undercut. */
		FLOOR("#8c959f"),

		/** This project. */
		OURS("#1a7f37"),

		/** Another library. */
		PEER("#b6c8dc");

		private final String colour;

		Kind(String colour) {
			this.colour = colour;
		}

	}

	/**
	 * Bars that share a scale.
	 *
	 * @param title what they measure
	 * @param bars from top to bottom
	 */
	public record Panel(String title, List<Bar> bars) {

		/**
		 * Add a bar.
		 * @param kind whose it is
		 * @param label what stands before it
		 * @param value its length
		 * @param caption what stands behind it
		 * @return this panel
		 */
		public Panel bar(Kind kind, String label, double value, String caption) {
			this.bars.add(new Bar(kind, label, value, caption));
			return this;
		}

	}

	private record Bar(Kind kind, String label, double value, String caption) {

	}

}
