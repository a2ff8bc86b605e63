package io.github.resiliencestarter.web;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

import io.github.resiliencestarter.deadline.DeadlineExceededException;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.timeout.CallTimeoutException;

/**
 * Tells the server how many milliseconds are left, and sends nothing once none is.
 */
final class DeadlineInterceptor implements ClientHttpRequestInterceptor {

	private final MonotonicClock clock;

	DeadlineInterceptor(MonotonicClock clock) {
		this.clock = clock;
	}

	@Override
	public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
			throws IOException {
		long remaining = remaining();
		if (remaining == TimeBudget.UNLIMITED) {
			return execution.execute(request, body);
		}
		long millis = TimeUnit.NANOSECONDS.toMillis(remaining);
		if (millis <= 0) {
			throw new DeadlineExceededException(
					describe(request) + " was not sent: nothing was left of its caller's time", Duration.ZERO);
		}
		request.getHeaders().set(DeadlineFilter.HEADER, Long.toString(millis));
		try {
			return execution.execute(request, body);
		}
		catch (IOException ex) {
			if (remaining() > 0) {
				throw ex;
			}
			CallTimeoutException timeout = new CallTimeoutException(
					describe(request) + " was not answered within " + millis + " ms, the rest of its caller's time",
					Duration.ofNanos(remaining));
			timeout.initCause(ex);
			throw timeout;
		}
	}

	private long remaining() {
		TimeBudget budget = TimeBudget.ofThread();
		return (budget.expiresAt() != TimeBudget.UNLIMITED) ? budget.remaining(this.clock.nanoTime())
				: TimeBudget.UNLIMITED;
	}

	private static String describe(HttpRequest request) {
		return request.getMethod() + " " + request.getURI().getHost();
	}

}
