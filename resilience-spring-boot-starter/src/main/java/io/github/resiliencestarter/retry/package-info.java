/**
 * What both retry libraries share: which failures may be retried at all, how long to
 * wait, the budget, and the counts. The libraries themselves are hosted by the packages
 * below, each of which can be dropped by deleting it.
 */
@NullMarked
package io.github.resiliencestarter.retry;

import org.jspecify.annotations.NullMarked;
