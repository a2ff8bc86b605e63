/**
 * One guarded lambda for each guard and library; all return their argument.
 */
@NullMarked
package io.github.resiliencestarter.benchmarks.guards.programmatic;

import org.jspecify.annotations.NullMarked;
