package io.github.resiliencestarter.outbox;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectWriter;

/**
 * Where messages of a payload class go.
 *
 * @param name what takes them: a handler, or an aggregate
 * @param type the payload's type name
 * @param writer writes it as JSON
 * @param aggregate the aggregate under which change data capture finds it, or
 * {@code null} if a handler delivers it
 */
record Route(String name, String type, ObjectWriter writer, @Nullable String aggregate) {

}
