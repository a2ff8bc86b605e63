package io.github.resiliencestarter.idempotency;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a method has said to its caller besides its result: status and headers that it set
 * on the response itself. Immutable.
 *
 * @param status the status, or 0 if the method left it as it was
 * @param headers the headers that the method set, as they are replayed
 */
public record ResponseHead(int status, Map<String, List<String>> headers) {

	/** A method that only returned something. */
	public static final ResponseHead NONE = new ResponseHead(0, Map.of());

	public ResponseHead {
		headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
	}

	boolean isServerError() {
		return this.status >= 500;
	}

	boolean isNone() {
		return this.equals(NONE);
	}

}
