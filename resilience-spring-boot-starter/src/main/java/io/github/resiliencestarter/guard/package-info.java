/**
 * The chain that a call goes through. Knows no feature: features contribute through
 * {@link io.github.resiliencestarter.guard.GuardFactory}.
 */
@NullMarked
package io.github.resiliencestarter.guard;

import org.jspecify.annotations.NullMarked;
