package io.github.resiliencestarter.idempotency;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

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

	private final JsonMapper reader;

	private final JavaType bodyType;

	private final @Nullable ReplyEnvelope envelope;

	private final FailureCodec failures;

	private final ReplyStorage storage;

	ReplyCodec(String operation, JsonMapper mapper, JavaType bodyType, @Nullable ReplyEnvelope envelope,
			ReplyStorage storage) {
		this.operation = operation;
		this.mapper = mapper;
		this.reader = ReplyMapper.forReplays(mapper);
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

	StoredReply encode(IdempotencyId id, @Nullable Object reply) {
		if (reply == null) {
			return StoredReply.NOTHING;
		}
		ReplyEnvelope known = envelope(reply);
		try {
			return this.storage.store(id, (known != null) ? enclosed(known.open(reply)) : body(reply, NOTHING));
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
			return (known != null && reply != null) ? known.first(reply, content(document)) : value(document);
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
	 * @return the reply
	 * @throws Throwable the exception that the earlier call ended with, or
	 * {@link IdempotencyReplyUnavailableException}
	 */
	@Nullable Object replay(IdempotencyId id, StoredReply stored) throws Throwable {
		if (stored.withheld()) {
			throw unavailable("was too large to keep, or is past its time to live", null);
		}
		if (stored.body() == null) {
			return null;
		}
		ReplyDocument document;
		try {
			document = this.storage.load(id, stored.body());
			if (document.kind() != ReplyDocument.Kind.FAILURE) {
				return value(document);
			}
		}
		catch (RuntimeException ex) {
			throw unavailable("cannot be read any more", ex);
		}
		throw failure(document);
	}

	private Throwable failure(ReplyDocument document) {
		try {
			return this.failures.decode(document);
		}
		catch (RuntimeException ex) {
			return unavailable("was an exception that cannot be made again: " + ex.getMessage(), ex);
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

	private ReplyDocument enclosed(ReplyEnvelope.Content content) {
		byte[] head = this.mapper.writeValueAsBytes(new Head(content.status(), content.headers()));
		Object body = content.body();
		return (body != null) ? body(body, head) : new ReplyDocument(ReplyDocument.Kind.NULL, head, NOTHING);
	}

	private ReplyDocument body(Object body, byte[] head) {
		if (body instanceof byte[] bytes) {
			return new ReplyDocument(ReplyDocument.Kind.BYTES, head, bytes);
		}
		byte[] json = this.mapper.writerFor(writtenType(body)).writeValueAsBytes(body);
		return new ReplyDocument(ReplyDocument.Kind.JSON, head, json);
	}

	private JavaType writtenType(Object body) {
		boolean declared = this.bodyType.isContainerType() || this.bodyType.isReferenceType();
		return declared ? this.bodyType : this.mapper.constructType(body.getClass());
	}

	private @Nullable Object value(ReplyDocument document) {
		boolean enclosed = this.envelope != null && document.head().length > 0;
		return (enclosed && this.envelope != null) ? this.envelope.close(content(document)) : body(document);
	}

	private ReplyEnvelope.Content content(ReplyDocument document) {
		Head head = this.mapper.readValue(document.head(), Head.class);
		return new ReplyEnvelope.Content(head.status(), head.headers(), body(document), true);
	}

	private @Nullable Object body(ReplyDocument document) {
		return switch (document.kind()) {
			case JSON -> this.reader.readValue(document.body(), this.bodyType);
			case BYTES -> document.body();
			case NULL, FAILURE -> null;
		};
	}

	/**
	 * What is known of an enveloped reply besides its body.
	 *
	 * @param status the status
	 * @param headers the headers
	 */
	record Head(int status, Map<String, List<String>> headers) {
	}

}
