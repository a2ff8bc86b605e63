/**
 * {@code @Idempotent}: one effect, and the first reply to every duplicate.
 */
@NullMarked
package io.github.resiliencestarter.idempotency;

import org.jspecify.annotations.NullMarked;
