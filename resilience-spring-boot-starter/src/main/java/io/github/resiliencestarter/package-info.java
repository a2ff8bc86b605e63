/**
 * What all features share with their users.
 */
@NullMarked
package io.github.resiliencestarter;

import org.jspecify.annotations.NullMarked;
