package io.github.resiliencestarter.guard;

/**
 * Marks exceptions that tell that a call took longer than its limit: a failure of the
 * method for every circuit breaker, whatever exceptions it is told to record.
 */
public interface LimitPassed {

}
