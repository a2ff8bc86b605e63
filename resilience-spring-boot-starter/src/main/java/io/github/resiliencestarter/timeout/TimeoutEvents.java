package io.github.resiliencestarter.timeout;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * What Java Flight Recorder sees of time-outs.
 */
final class TimeoutEvents {

	private TimeoutEvents() {
	}

	static void timeout(String name, long limit) {
		TimeoutEvent event = new TimeoutEvent();
		if (event.shouldCommit()) {
			event.name = name;
			event.limit = limit;
			event.commit();
		}
	}

	static void offloadRejection(String name, String reason) {
		OffloadRejectionEvent event = new OffloadRejectionEvent();
		if (event.shouldCommit()) {
			event.name = name;
			event.reason = reason;
			event.commit();
		}
	}

	@Name("resilience.CallTimeout")
	@Label("Call Timeout")
	@Category("Resilience")
	@Description("A call took longer than its limit")
	@StackTrace(false)
	static final class TimeoutEvent extends Event {

		@Label("Name")
		String name = "";

		@Label("Limit")
		@Timespan(Timespan.NANOSECONDS)
		long limit;

	}

	@Name("resilience.OffloadRejection")
	@Label("Offload Rejection")
	@Category("Resilience")
	@Description("A call of mode OFFLOAD was refused because no thread was free for it")
	@StackTrace(false)
	static final class OffloadRejectionEvent extends Event {

		@Label("Name")
		String name = "";

		@Label("Reason")
		String reason = "";

	}

}
