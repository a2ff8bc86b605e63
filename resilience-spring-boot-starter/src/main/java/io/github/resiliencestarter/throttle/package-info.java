/**
 * {@code @Throttled}: limits of rate and of calls in flight.
 */
@NullMarked
package io.github.resiliencestarter.throttle;

import org.jspecify.annotations.NullMarked;
