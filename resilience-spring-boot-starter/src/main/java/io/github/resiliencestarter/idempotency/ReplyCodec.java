package io.github.resiliencestarter.idempotency;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.ConcurrentReferenceHashMap;

/**
 * Turns the replies of one operation into bytes and back. The type to read comes from the
 * method, never from the bytes. Immutable.
 * <p>
 * The first caller gets its reply from the bytes too: so it has the same shape as every
 * replay, and a reply that could not be read back is found out before anything commits.
 */
final class ReplyCodec {

	private static final byte[] NOTHING = {};

	private final String operation;

	private final JsonMapper mapper;

	private final ObjectReader reader;

	private final JavaType bodyType;

	private final Map<Class<?>, ObjectWriter> writers = new ConcurrentReferenceHashMap<>();

	private final @Nullable ReplyEnvelope envelope;

	private final FailureCodec failures;

	private final ReplyStorage storage;

	ReplyCodec(String operation, JsonMapper mapper, JavaType bodyType, @Nullable ReplyEnvelope envelope,
			ReplyStorage storage) {
		this.operation = operation;
		this.mapper = mapper;
		this.reader = ReplyMapper.forReplays(mapper).readerFor(bodyType);
		this.bodyType = bodyType;
		this.envelope = envelope;
		this.failures = new FailureCodec(mapper);
		this.storage = storage;
	}

	/**
	 * Tell whether a reply is an outcome to be kept.
	 * @param reply the method's result
	 * @return {@code false} for what the client had better try again
	 */
	boolean keeps(@Nullable Object reply) {
		ReplyEnvelope known = envelope(reply);
		return known == null || reply == null || known.open(reply).kept();
	}

	/**
	 * Write a reply.
	 * @param id the call
	 * @param reply the method's result
	 * @param said what the method said besides
	 * @return what to keep
	 */
	StoredReply encode(IdempotencyId id, @Nullable Object reply, ResponseHead said) {
		if (reply == null && said.isNone()) {
			return StoredReply.NOTHING;
		}
		ReplyEnvelope known = envelope(reply);
		try {
			return this.storage.store(id,
					(known != null && reply != null) ? enclosed(known.open(reply), said) : body(reply, said));
		}
		catch (JacksonException ex) {
			throw new IllegalStateException("The reply of '" + this.operation + "' cannot be written as JSON, so it "
					+ "could not be replayed. Nothing was committed. " + ex.getOriginalMessage(), ex);
		}
	}

	StoredReply encodeFailure(IdempotencyId id, Throwable failure) {
		return this.storage.store(id, this.failures.encode(failure));
	}

	/**
	 * Read the reply that has just been written.
	 * @param id the call
	 * @param stored what {@link #encode} returned
	 * @param reply what it was given
	 * @return what the first caller gets
	 */
	@Nullable Object firstReply(IdempotencyId id, StoredReply stored, @Nullable Object reply) {
		if (stored.withheld() || stored.body() == null) {
			return reply;
		}
		try {
			ReplyDocument document = this.storage.load(id, stored.body());
			ReplyEnvelope known = envelope(reply);
			Head head = head(document);
			return (known != null && reply != null) ? known.first(reply, content(document, head))
					: value(document, head);
		}
		catch (RuntimeException ex) {
			throw new IllegalStateException("The reply of '" + this.operation + "' can be written as JSON but not "
					+ "read back as " + this.bodyType.toCanonical() + ", so it could not be replayed. Nothing was "
					+ "committed. " + ex.getMessage(), ex);
		}
	}

	/**
	 * Read the reply of an earlier call.
	 * @param id the call
	 * @param stored what is kept of it
	 * @return the reply, or the exception that the earlier call ended with
	 * @throws IdempotencyReplyUnavailableException if it cannot be had any more
	 */
	Answer replay(IdempotencyId id, StoredReply stored) {
		if (stored.withheld()) {
			throw unavailable("was too large to keep, or is past its time to live", null);
		}
		if (stored.body() == null) {
			return new Answer(null, null, ResponseHead.NONE);
		}
		ReplyDocument document;
		try {
			document = this.storage.load(id, stored.body());
			if (document.kind() != ReplyDocument.Kind.FAILURE) {
				Head head = head(document);
				return new Answer(value(document, head), null, (head.said() != null) ? head.said() : ResponseHead.NONE);
			}
		}
		catch (RuntimeException ex) {
			throw unavailable("cannot be read any more", ex);
		}
		return new Answer(null, failure(document), ResponseHead.NONE);
	}

	private Throwable failure(ReplyDocument document) {
		try {
			return this.failures.decode(document);
		}
		catch (RuntimeException ex) {
			throw unavailable("was an exception that cannot be made again: " + ex.getMessage(), ex);
		}
	}

	IdempotencyReplyUnavailableException unavailable(String why, @Nullable Throwable cause) {
		IdempotencyReplyUnavailableException exception = new IdempotencyReplyUnavailableException(
				"This call of '" + this.operation + "' was made before, but its reply " + why);
		if (cause != null) {
			exception.initCause(cause);
		}
		return exception;
	}

	private @Nullable ReplyEnvelope envelope(@Nullable Object reply) {
		ReplyEnvelope known = this.envelope;
		return (known != null && reply != null && known.knows(reply.getClass())) ? known : null;
	}

	private ReplyDocument enclosed(ReplyEnvelope.Content content, ResponseHead said) {
		return document(content.body(),
				head(new Head(content.status(), content.headers(), said.isNone() ? null : said)));
	}

	private ReplyDocument body(@Nullable Object body, ResponseHead said) {
		return document(body, said.isNone() ? NOTHING : head(new Head(null, null, said)));
	}

	private byte[] head(Head head) {
		return this.mapper.writeValueAsBytes(head);
	}

	private ReplyDocument document(@Nullable Object body, byte[] head) {
		if (body == null) {
			return new ReplyDocument(ReplyDocument.Kind.NULL, head, NOTHING);
		}
		if (body instanceof byte[] bytes) {
			return new ReplyDocument(ReplyDocument.Kind.BYTES, head, bytes);
		}
		byte[] json = this.writers.computeIfAbsent(body.getClass(), this::writer).writeValueAsBytes(body);
		return new ReplyDocument(ReplyDocument.Kind.JSON, head, json);
	}

	private ObjectWriter writer(Class<?> type) {
		boolean declared = this.bodyType.isContainerType() || this.bodyType.isReferenceType();
		return declared ? this.mapper.writerFor(this.bodyType) : this.mapper.writerFor(type);
	}

	private Head head(ReplyDocument document) {
		return (document.head().length > 0) ? this.mapper.readValue(document.head(), Head.class) : Head.NONE;
	}

	private @Nullable Object value(ReplyDocument document, Head head) {
		return (this.envelope != null && head.status() != null) ? this.envelope.close(content(document, head))
				: body(document);
	}

	private ReplyEnvelope.Content content(ReplyDocument document, Head head) {
		return new ReplyEnvelope.Content((head.status() != null) ? head.status() : 0,
				(head.headers() != null) ? head.headers() : Map.of(), body(document), true);
	}

	private @Nullable Object body(ReplyDocument document) {
		return switch (document.kind()) {
			case JSON -> this.reader.readValue(document.body());
			case BYTES -> document.body();
			case NULL, FAILURE -> null;
		};
	}

	/**
	 * What is known of a reply besides its body.
	 *
	 * @param status the status of an envelope
	 * @param headers the headers of an envelope
	 * @param said what was said besides the reply
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Head(@Nullable Integer status, @Nullable Map<String, List<String>> headers, @Nullable ResponseHead said) {

		static final Head NONE = new Head(null, null, null);

	}

}
