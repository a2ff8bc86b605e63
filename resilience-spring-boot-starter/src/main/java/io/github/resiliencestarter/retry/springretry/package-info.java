/**
 * Hosts spring-retry's {@code @Retryable}. The only package that knows spring-retry:
 * delete it, and its line in the auto-configuration imports, to drop the library.
 */
@NullMarked
package io.github.resiliencestarter.retry.springretry;

import org.jspecify.annotations.NullMarked;
