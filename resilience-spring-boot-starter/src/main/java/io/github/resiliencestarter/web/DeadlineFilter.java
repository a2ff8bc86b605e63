package io.github.resiliencestarter.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;

/**
 * Opens a deadline for requests that say how long their sender waits. The moment is kept
 * with the request, so that an asynchronous dispatch continues with what is left.
 */
final class DeadlineFilter extends OncePerRequestFilter {

	static final String HEADER = "X-Request-Timeout-Ms";

	private static final String MOMENT = DeadlineFilter.class.getName() + ".MOMENT";

	private static final Pattern MILLISECONDS = Pattern.compile("0*[1-9][0-9]{0,17}");

	private static final long LONGEST = TimeUnit.NANOSECONDS.toMillis(Long.MAX_VALUE / 2);

	private static final byte[] PROBLEM = """
			{"type":"urn:resilience:bad-timeout-header","title":"Bad Request","status":400,\
			"detail":"The header %s must be one whole number of milliseconds above zero."}""".formatted(HEADER)
		.getBytes(StandardCharsets.UTF_8);

	private final MonotonicClock clock;

	DeadlineFilter(MonotonicClock clock) {
		this.clock = clock;
	}

	@Override
	protected boolean shouldNotFilterAsyncDispatch() {
		return false;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		List<String> values = Collections.list(request.getHeaders(HEADER));
		if (values.isEmpty()) {
			chain.doFilter(request, response);
			return;
		}
		Long moment = moment(request, values);
		if (moment == null) {
			refuse(response);
			return;
		}
		TimeBudget budget = TimeBudget.ofThread();
		long previous = budget.shortenTo(moment);
		try {
			chain.doFilter(request, response);
		}
		finally {
			budget.restore(previous);
		}
	}

	private @Nullable Long moment(HttpServletRequest request, List<String> values) {
		Long known = (Long) request.getAttribute(MOMENT);
		if (known != null) {
			return known;
		}
		String value = values.get(0).trim();
		if (values.size() > 1 || !MILLISECONDS.matcher(value).matches()) {
			return null;
		}
		long millis = Math.min(Long.parseLong(value), LONGEST);
		long moment = this.clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
		request.setAttribute(MOMENT, moment);
		return moment;
	}

	private static void refuse(HttpServletResponse response) throws IOException {
		response.setStatus(HttpStatus.BAD_REQUEST.value());
		response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
		response.setContentLength(PROBLEM.length);
		response.getOutputStream().write(PROBLEM);
	}

}
