package io.github.resiliencestarter.idempotency;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The application's JSON, so that its modules and mix-ins hold, but with everything fixed
 * on which it depends whether stored bytes can be read again after the application has
 * changed its mind about how its JSON should look.
 */
final class ReplyMapper {

	private ReplyMapper() {
	}

	/**
	 * Return the mapper for replies.
	 * @param application the application's mapper
	 * @return the mapper
	 */
	static JsonMapper forReplies(JsonMapper application) {
		return application.rebuild()
			.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
			.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS, DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
			.disable(SerializationFeature.INDENT_OUTPUT)
			.build();
	}

	/**
	 * Return the mapper that reads replies back: what clients may only read was written
	 * by the other one, and has to come back.
	 * @param replies the mapper for replies
	 * @return the mapper
	 */
	static JsonMapper forReplays(JsonMapper replies) {
		return replies.rebuild().enable(MapperFeature.INVERSE_READ_WRITE_ACCESS).build();
	}

	/**
	 * Return the mapper for fingerprints: equal arguments have equal bytes.
	 * @param application the application's mapper
	 * @return the mapper
	 */
	static JsonMapper forFingerprints(JsonMapper application) {
		return application.rebuild()
			.enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY, MapperFeature.INVERSE_READ_WRITE_ACCESS)
			.enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, SerializationFeature.FAIL_ON_EMPTY_BEANS,
					SerializationFeature.FAIL_ON_SELF_REFERENCES)
			.disable(SerializationFeature.INDENT_OUTPUT)
			.disable(SerializationFeature.FAIL_ON_ORDER_MAP_BY_INCOMPARABLE_KEY)
			.build();
	}

}
