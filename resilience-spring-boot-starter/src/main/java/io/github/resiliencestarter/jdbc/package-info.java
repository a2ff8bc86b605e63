/**
 * The database below the stores: dialect, tables, time.
 */
@NullMarked
package io.github.resiliencestarter.jdbc;

import org.jspecify.annotations.NullMarked;
