package io.github.resiliencestarter.web;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;

import io.github.resiliencestarter.idempotency.ResponseHead;

/**
 * Watches what is set on a response: whatever differs from what filters had set before
 * was set by the method.
 */
final class ResponseWatch {

	private final HttpServletResponse response;

	private final int status;

	private final Map<String, List<String>> before;

	ResponseWatch(HttpServletResponse response) {
		this.response = response;
		this.status = response.getStatus();
		this.before = headers(response);
	}

	ResponseHead said() {
		int now = this.response.getStatus();
		Map<String, List<String>> changed = headers(this.response);
		changed.entrySet().removeIf((header) -> header.getValue().equals(this.before.get(header.getKey())));
		return (now == this.status && changed.isEmpty()) ? ResponseHead.NONE
				: new ResponseHead((now != this.status) ? now : 0, changed);
	}

	private static Map<String, List<String>> headers(HttpServletResponse response) {
		Map<String, List<String>> headers = new LinkedHashMap<>();
		for (String name : response.getHeaderNames()) {
			if (ReplayedHeaders.contain(name)) {
				headers.put(name, List.copyOf(response.getHeaders(name)));
			}
		}
		// not every container counts it among the headers
		String type = response.getContentType();
		if (type != null) {
			headers.put(HttpHeaders.CONTENT_TYPE, List.of(type));
		}
		return headers;
	}

	static void sayAgain(ResponseHead said, HttpServletResponse response) {
		if (said.status() != 0) {
			response.setStatus(said.status());
		}
		said.headers().forEach((name, values) -> {
			for (int index = 0; index < values.size(); index++) {
				if (index == 0) {
					response.setHeader(name, values.get(index));
				}
				else {
					response.addHeader(name, values.get(index));
				}
			}
		});
	}

}
