/**
 * HTTP face of the guards: problem details, headers, deadlines.
 */
@NullMarked
package io.github.resiliencestarter.web;

import org.jspecify.annotations.NullMarked;
