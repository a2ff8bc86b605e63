/**
 * Hosts Spring Framework's {@code @Retryable}.
 */
@NullMarked
package io.github.resiliencestarter.retry.framework;

import org.jspecify.annotations.NullMarked;
