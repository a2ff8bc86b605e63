/**
 * What the benchmarks share.
 */
@NullMarked
package io.github.resiliencestarter.benchmarks;

import org.jspecify.annotations.NullMarked;
