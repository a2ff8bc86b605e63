/**
 * The outbox as the provider of Spring Modulith's event externalization.
 */
@NullMarked
package io.github.resiliencestarter.outbox.modulith;

import org.jspecify.annotations.NullMarked;
