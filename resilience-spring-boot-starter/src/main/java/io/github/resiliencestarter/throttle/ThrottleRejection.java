package io.github.resiliencestarter.throttle;

import java.time.Duration;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * Tells Java Flight Recorder that a throttle refused a call.
 */
@Name("resilience.ThrottleRejection")
@Label("Throttle Rejection")
@Category("Resilience")
@Description("A throttle refused a call, or would have in shadow mode")
@StackTrace(false)
final class ThrottleRejection extends Event {

	@Label("Name")
	String name = "";

	@Label("Reason")
	@Description("rate or concurrency")
	String reason = "";

	@Label("Retry After")
	@Timespan(Timespan.NANOSECONDS)
	long retryAfter;

	static void commit(String name, String reason, @Nullable Duration retryAfter) {
		ThrottleRejection event = new ThrottleRejection();
		if (event.shouldCommit()) {
			event.name = name;
			event.reason = reason;
			event.retryAfter = (retryAfter != null) ? retryAfter.toNanos() : 0;
			event.commit();
		}
	}

}
