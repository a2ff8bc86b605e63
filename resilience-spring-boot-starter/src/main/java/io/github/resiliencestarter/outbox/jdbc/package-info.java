/**
 * The store behind the outbox.
 */
@NullMarked
package io.github.resiliencestarter.outbox.jdbc;

import org.jspecify.annotations.NullMarked;
