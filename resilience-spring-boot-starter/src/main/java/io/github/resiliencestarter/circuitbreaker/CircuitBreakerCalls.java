package io.github.resiliencestarter.circuitbreaker;

/**
 * How many calls of a circuit breaker ended how, since the start of the application.
 *
 * @param succeeded calls that counted as a success
 * @param failed calls that counted as a failure
 * @param ignored calls that said nothing about the method: ignored exceptions, refusals
 * by guards further inside, cancelled results
 * @param notPermitted calls that were refused, or in shadow mode would have been
 */
public record CircuitBreakerCalls(long succeeded, long failed, long ignored, long notPermitted) {

}
