package io.github.resiliencestarter.timeout;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * Flight recorder's event of a call past its limit.
 */
@Name("resilience.CallTimedOut")
@Label("Call Timed Out")
@Category("Resilience")
@Description("A call took longer than its limit")
@StackTrace(false)
final class CallTimedOut extends Event {

	@Label("Name")
	final String name;

	@Label("Limit")
	@Timespan(Timespan.NANOSECONDS)
	final long limit;

	CallTimedOut(String name, long limit) {
		this.name = name;
		this.limit = limit;
	}

}
