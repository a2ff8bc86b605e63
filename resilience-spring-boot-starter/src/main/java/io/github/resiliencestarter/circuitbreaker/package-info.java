/**
 * {@code @CircuitBreaker}: calls stop where they keep failing.
 */
@NullMarked
package io.github.resiliencestarter.circuitbreaker;

import org.jspecify.annotations.NullMarked;
