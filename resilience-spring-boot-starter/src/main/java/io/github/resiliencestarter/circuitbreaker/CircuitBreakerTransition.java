package io.github.resiliencestarter.circuitbreaker;

/**
 * A circuit breaker went from one state to another. Published as an application event:
 * one for each transition, in their order.
 *
 * @param name the breaker's name
 * @param from the state it left
 * @param to the state it entered
 */
public record CircuitBreakerTransition(String name, CircuitBreakerSnapshot.State from,
		CircuitBreakerSnapshot.State to) {

}
