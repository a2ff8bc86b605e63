package io.github.resiliencestarter.actuate;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.resiliencestarter.outbox.DeadLetter;
import io.github.resiliencestarter.outbox.HandlerCounts;
import io.github.resiliencestarter.outbox.KeyReport;
import io.github.resiliencestarter.outbox.KeyState;
import io.github.resiliencestarter.outbox.LeaseState;
import io.github.resiliencestarter.outbox.OutboxFigures;
import io.github.resiliencestarter.outbox.OutboxOperations;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * What is in the outbox, and what operators do about its dead letters.
 */
@Endpoint(id = "outbox")
public class OutboxEndpoint {

	private static final String DEAD = "dead";

	private static final String KEYS = "keys";

	private static final String HANDLERS = "handlers";

	private static final int MOST_LISTED = 100;

	private final OutboxOperations outbox;

	OutboxEndpoint(OutboxOperations outbox) {
		this.outbox = outbox;
	}

	@ReadOperation
	OutboxDescriptor outbox() {
		OutboxFigures figures = this.outbox.figures();
		return new OutboxDescriptor(figures.pending(), figures.scheduled(), figures.dead(), figures.oldestPendingAge(),
				this.outbox.handlers(), this.outbox.leases().stream().map(LeaseDescriptor::of).toList());
	}

	@ReadOperation
	WebEndpointResponse<List<DeadLetterDescriptor>> list(@Selector String state, @Nullable String handler,
			@Nullable Integer limit) {
		if (!state.equals(DEAD)) {
			return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
		}
		int most = (limit != null) ? limit : MOST_LISTED;
		return new WebEndpointResponse<>(
				this.outbox.dead(handler, most).stream().map(DeadLetterDescriptor::of).toList());
	}

	/**
	 * Tell why a key waits. A key may contain slashes.
	 */
	@ReadOperation
	WebEndpointResponse<KeyDescriptor> key(@Selector String area,
			@Selector(match = Selector.Match.ALL_REMAINING) String... key) {
		if (!area.equals(KEYS) || key.length == 0) {
			return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
		}
		return new WebEndpointResponse<>(KeyDescriptor.of(this.outbox.key(String.join("/", key))));
	}

	// write operations take everything from the path, so that a request needs no body
	@WriteOperation
	WebEndpointResponse<Map<String, Integer>> redeliverAll(@Selector String state) {
		return state.equals(DEAD) ? redelivered(null) : new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

	@WriteOperation
	WebEndpointResponse<Void> redeliver(@Selector String state, @Selector String id) {
		return found(state.equals(DEAD) && this.outbox.redeliver(id));
	}

	@WriteOperation
	WebEndpointResponse<?> operate(@Selector String area, @Selector String name, @Selector String action) {
		if (!area.equals(HANDLERS)) {
			return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
		}
		return switch (action) {
			case "pause" -> found(this.outbox.pause(name, true));
			case "resume" -> found(this.outbox.pause(name, false));
			case "redeliver" -> redelivered(name);
			default -> new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
		};
	}

	private WebEndpointResponse<Map<String, Integer>> redelivered(@Nullable String handler) {
		return new WebEndpointResponse<>(Map.of("redelivered", this.outbox.redeliverAll(handler)));
	}

	@DeleteOperation
	WebEndpointResponse<Void> discard(@Selector String state, @Selector String id) {
		return found(state.equals(DEAD) && this.outbox.discard(id));
	}

	private static WebEndpointResponse<Void> found(boolean found) {
		return new WebEndpointResponse<>(
				found ? WebEndpointResponse.STATUS_NO_CONTENT : WebEndpointResponse.STATUS_NOT_FOUND);
	}

	@JsonInclude(JsonInclude.Include.NON_NULL)
	record OutboxDescriptor(long pending, long scheduled, long dead, @Nullable Duration oldestPendingAge,
			Map<String, HandlerCounts> handlers, List<LeaseDescriptor> leases) {

	}

	@JsonInclude(JsonInclude.Include.NON_NULL)
	record LeaseDescriptor(int shard, @Nullable String owner, long epoch, @Nullable Duration expiresIn) {

		static LeaseDescriptor of(LeaseState lease) {
			return new LeaseDescriptor(lease.shard(), lease.owner(), lease.epoch(), lease.expiresIn());
		}

	}

	@JsonInclude(JsonInclude.Include.NON_NULL)
	record DeadLetterDescriptor(String id, String type, @Nullable String key, String handler, int attempts,
			@Nullable String lastError, String deadAt) {

		static DeadLetterDescriptor of(DeadLetter dead) {
			return new DeadLetterDescriptor(dead.id(), dead.type(), dead.key(), dead.handler(), dead.attempts(),
					dead.lastError(), dead.deadAt().toString());
		}

	}

	@JsonInclude(JsonInclude.Include.NON_NULL)
	record KeyDescriptor(String key, int shard, long waiting, long dead, KeyReport.Reason reason, String explanation,
			@Nullable HeadDescriptor head, @Nullable LeaseDescriptor lease) {

		static KeyDescriptor of(KeyReport report) {
			KeyState state = report.state();
			return new KeyDescriptor(report.key(), state.shard(), state.waiting(), state.dead(), report.reason(),
					report.explanation(), HeadDescriptor.of(report),
					(state.lease() != null) ? LeaseDescriptor.of(state.lease()) : null);
		}

	}

	@JsonInclude(JsonInclude.Include.NON_NULL)
	record HeadDescriptor(String id, String type, @Nullable String handler, String publishedAt, int attempts,
			boolean ambiguous, @Nullable Duration nextAttemptIn, @Nullable String lastError) {

		static @Nullable HeadDescriptor of(KeyReport report) {
			KeyState.Head head = report.state().head();
			return (head == null) ? null : new HeadDescriptor(head.id(), head.type(), report.handler(),
					head.publishedAt().toString(), head.attempts(), head.ambiguous(), head.dueIn(), head.lastError());
		}

	}

}
