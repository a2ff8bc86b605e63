/**
 * What is left of the caller's time.
 */
@NullMarked
package io.github.resiliencestarter.deadline;

import org.jspecify.annotations.NullMarked;
