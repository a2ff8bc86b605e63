package io.github.resiliencestarter.timeout;

import java.time.Duration;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;

import io.github.resiliencestarter.guard.EntryCheck;
import io.github.resiliencestarter.guard.Guard;

/**
 * Runs the rest of the chain, from the transaction inwards, on another thread, and
 * releases the caller at the limit whatever the method does. It stands where attempts are
 * limited, also for the limit of the whole call: so retries, and what they keep in
 * thread-locals, stay with the caller, and a circuit breaker hears of a time-out when it
 * happens, not when the method that was left behind ends one day.
 */
final class OffloadGuard implements Guard {

	private final Guard next;

	private final OffloadLimit limit;

	/**
	 * Create the guard.
	 * @param next the rest of the chain
	 * @param limit the limit, or {@code null} if only the caller's deadline counts
	 * @param outermost whether it counts the calls that end in time
	 * @param parts what all guards share
	 * @param threads where methods run
	 */
	OffloadGuard(Guard next, @Nullable Duration limit, boolean outermost, TimeoutParts parts, OffloadThreads threads) {
		this.next = next;
		this.limit = new OffloadLimit(limit, outermost, parts, threads, EntryCheck.NONE);
	}

	@Override
	public @Nullable Object call(MethodInvocation call) throws Throwable {
		return this.limit.call(this.next, copy(call));
	}

	// a call that is left behind must not share its position with the next attempt
	private static MethodInvocation copy(MethodInvocation call) {
		return (call instanceof ProxyMethodInvocation proxied) ? proxied.invocableClone() : call;
	}

}
