/**
 * Messages that are sent if and only if the transaction committed.
 */
@NullMarked
package io.github.resiliencestarter.outbox;

import org.jspecify.annotations.NullMarked;
