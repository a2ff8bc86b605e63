/**
 * Endpoints, health and metrics: reads snapshots only.
 */
@NullMarked
package io.github.resiliencestarter.actuate;

import org.jspecify.annotations.NullMarked;
