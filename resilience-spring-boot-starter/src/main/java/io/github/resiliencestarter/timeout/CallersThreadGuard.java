package io.github.resiliencestarter.timeout;

import java.time.Duration;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.EntryCheck;
import io.github.resiliencestarter.guard.Guard;

/**
 * Limits the rest of the chain on the caller's thread.
 */
final class CallersThreadGuard implements Guard {

	private final Guard next;

	private final CallersThreadLimit limit;

	/**
	 * Create the guard.
	 * @param next the rest of the chain
	 * @param limit the limit, or {@code null} if only the caller's deadline counts
	 * @param outermost whether it counts the calls that end in time: the inner of two
	 * guards of one method does not
	 * @param parts what all guards share
	 */
	CallersThreadGuard(Guard next, @Nullable Duration limit, boolean outermost, TimeoutParts parts) {
		this.next = next;
		this.limit = new CallersThreadLimit(limit, outermost, parts, EntryCheck.NONE);
	}

	@Override
	public @Nullable Object call(MethodInvocation call) throws Throwable {
		return this.limit.call(this.next, call);
	}

	@Override
	public boolean refuses() {
		return this.next.refuses();
	}

}
