/**
 * Time-outs and keep-alive on every client, and the audit of them.
 */
@NullMarked
package io.github.resiliencestarter.io;

import org.jspecify.annotations.NullMarked;
