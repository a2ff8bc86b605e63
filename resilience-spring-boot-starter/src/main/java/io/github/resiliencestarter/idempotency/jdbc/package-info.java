/**
 * The store behind {@code @Idempotent}.
 */
@NullMarked
package io.github.resiliencestarter.idempotency.jdbc;

import org.jspecify.annotations.NullMarked;
