package io.github.resiliencestarter.retry;

/**
 * How the calls of one retried method have ended since the start. A call that fails
 * without having been retried, because its failure is not to be, is in none of the
 * counts.
 *
 * @param name the method's name, {@code SimpleClass.method}
 * @param successWithoutRetry calls whose first attempt succeeded
 * @param successWithRetry calls that succeeded at a later attempt
 * @param failedWithRetry calls that failed although they were retried
 * @param budgetExhausted calls that would have been retried had there been budget left
 */
public record RetrySnapshot(String name, long successWithoutRetry, long successWithRetry, long failedWithRetry,
		long budgetExhausted) {

}
