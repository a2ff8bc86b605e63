package io.github.resiliencestarter.timeout;

import io.github.resiliencestarter.guard.MonotonicClock;

/**
 * What the guards of one method share.
 *
 * @param instance the name, and what is counted
 * @param watch the watch
 * @param clock the clock
 */
record TimeoutParts(TimeoutInstance instance, Watch watch, MonotonicClock clock) {

}
