/**
 * {@code @Fallback}: the answer when there is none.
 */
@NullMarked
package io.github.resiliencestarter.fallback;

import org.jspecify.annotations.NullMarked;
