/**
 * Drives idempotent calls against one PostgreSQL server and writes their page.
 */
@NullMarked
package io.github.resiliencestarter.benchmarks.idempotency;

import org.jspecify.annotations.NullMarked;
