package io.github.resiliencestarter.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code docs/performance.md}: each benchmark writes the section between its own two
 * marks and leaves the rest as it is.
 */
public final class PerformancePage {

	private final Path page;

	private final Path images;

	/**
	 * Create the page.
	 * @param root the project's root
	 */
	public PerformancePage(Path root) {
		this.page = root.resolve("docs/performance.md");
		this.images = root.resolve("docs/images");
	}

	/**
	 * Replace a section.
	 * @param section name of its marks
	 * @param markdown what stands between them from now on
	 * @throws IOException when the page cannot be written
	 */
	public void write(String section, String markdown) throws IOException {
		String begin = "<!-- begin " + section + " -->\n";
		String end = "<!-- end " + section + " -->\n";
		String text = Files.exists(this.page) ? Files.readString(this.page) : "# Performance\n";
		if (!text.contains(begin)) {
			text += "\n" + begin + end;
		}
		Files.createDirectories(this.page.getParent());
		Files.writeString(this.page, text.substring(0, text.indexOf(begin) + begin.length()) + "\n" + markdown.strip()
				+ "\n\n" + text.substring(text.indexOf(end)));
	}

	/**
	 * Write a chart.
	 * @param name its file's name
	 * @param svg the chart
	 * @throws IOException when it cannot be written
	 */
	public void image(String name, String svg) throws IOException {
		Files.writeString(Files.createDirectories(this.images).resolve(name), svg);
	}

}
