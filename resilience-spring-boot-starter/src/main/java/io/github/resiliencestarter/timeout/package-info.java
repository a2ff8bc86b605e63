/**
 * {@code @Timeout}: limits of time, for a whole call and for each attempt.
 */
@NullMarked
package io.github.resiliencestarter.timeout;

import org.jspecify.annotations.NullMarked;
