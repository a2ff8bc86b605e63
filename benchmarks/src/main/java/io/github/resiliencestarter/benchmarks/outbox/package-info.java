/**
 * Drives outboxes against one PostgreSQL server and writes their page.
 */
@NullMarked
package io.github.resiliencestarter.benchmarks.outbox;

import org.jspecify.annotations.NullMarked;
