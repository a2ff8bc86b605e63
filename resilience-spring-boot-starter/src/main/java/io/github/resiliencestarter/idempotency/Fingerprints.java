package io.github.resiliencestarter.idempotency;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes fingerprints: digests of canonical JSON.
 */
final class Fingerprints {

	private final JsonMapper mapper;

	Fingerprints(JsonMapper application) {
		this.mapper = ReplyMapper.forFingerprints(application);
	}

	CallFingerprint of(String operation, @Nullable Object content) {
		try {
			return new CallFingerprint(Sha256.of(this.mapper.writeValueAsBytes(content)));
		}
		catch (JacksonException | StackOverflowError ex) {
			throw new IllegalArgumentException("The arguments of '" + operation + "' cannot be written as JSON, so "
					+ "duplicates could not be told from other calls. Name what matters in @Idempotent(fingerprint). "
					+ ex.getMessage(), ex);
		}
	}

}
