/**
 * Runs the call guards' benchmarks and writes their page.
 */
@NullMarked
package io.github.resiliencestarter.benchmarks.guards;

import org.jspecify.annotations.NullMarked;
