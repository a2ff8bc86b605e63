/**
 * One annotated method of a Spring bean for each guard and library; all return their
 * argument.
 */
@NullMarked
package io.github.resiliencestarter.benchmarks.guards.annotated;

import org.jspecify.annotations.NullMarked;
