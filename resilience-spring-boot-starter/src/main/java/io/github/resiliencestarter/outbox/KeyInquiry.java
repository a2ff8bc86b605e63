package io.github.resiliencestarter.outbox;

import java.time.Duration;

import io.github.resiliencestarter.outbox.KeyReport.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Answers why the messages of a key wait, from the store and from what this instance
 * knows. What another instance's handlers do is known only there.
 */
final class KeyInquiry {

	private final OutboxStore store;

	private final HandlerRegistry handlers;

	private final OutboxRelay relay;

	KeyInquiry(OutboxStore store, HandlerRegistry handlers, OutboxRelay relay) {
		this.store = store;
		this.handlers = handlers;
		this.relay = relay;
	}

	KeyReport ask(String key) {
		KeyState state = this.store.key(Publisher.shard(key, this.relay.shards().getAsInt()), key);
		KeyState.Head head = state.head();
		MessageHandler handler = (head != null) ? this.handlers.ofType(head.type()) : null;
		Reason reason = reason(state, handler);
		return new KeyReport(key, state, (handler != null) ? handler.name() : null, reason,
				explanation(reason, state, handler));
	}

	private Reason reason(KeyState state, @Nullable MessageHandler handler) {
		KeyState.Head head = state.head();
		if (head == null) {
			return Reason.NOTHING_WAITING;
		}
		if (isOrphaned(state.lease())) {
			return Reason.NO_OWNER;
		}
		if (handler == null) {
			return Reason.NO_HANDLER;
		}
		if (isOurs(state.lease()) && this.relay.isPaused(handler.name())) {
			return Reason.HANDLER_PAUSED;
		}
		if (head.inFlight()) {
			return Reason.IN_FLIGHT;
		}
		if (head.dueIn() != null && head.dueIn().toMillis() > 0) {
			return (head.attempts() > 0 || head.lastError() != null) ? Reason.BACKING_OFF : Reason.DELAYED;
		}
		return Reason.DUE;
	}

	private static boolean isOrphaned(@Nullable LeaseState lease) {
		return lease != null
				&& (lease.owner() == null || (lease.expiresIn() != null && lease.expiresIn().isNegative()));
	}

	private boolean isOurs(@Nullable LeaseState lease) {
		return lease == null || this.relay.owner().equals(lease.owner());
	}

	private static String explanation(Reason reason, KeyState state, @Nullable MessageHandler handler) {
		KeyState.Head head = state.head();
		if (head == null) {
			return "No message with this key is in the outbox."
					+ ((state.dead() > 0) ? " Those that were given up hold back nobody." : "");
		}
		String message = "Message " + head.id();
		String name = (handler != null) ? "handler '" + handler.name() + "'" : "any handler";
		return switch (reason) {
			case NOTHING_WAITING -> throw new IllegalStateException(message);
			case NO_OWNER -> message + " waits for an instance to take over shard " + state.shard()
					+ ", whose lease nobody holds: one of those that run does so at its next beat.";
			case NO_HANDLER -> message + " has the type '" + head.type()
					+ "', for which this instance has no handler: an instance of another version may have one.";
			case HANDLER_PAUSED -> message + " waits for " + name + " to be resumed on this instance.";
			case IN_FLIGHT -> message + " is under way at " + owner(state.lease()) + ", within " + name
					+ " or waiting for one of its places.";
			case BACKING_OFF -> message + " used " + head.attempts() + " attempts of " + name
					+ ", and is tried again in " + head.dueIn() + ".";
			case DELAYED -> message + " was published with a delay, and is due in " + head.dueIn() + ".";
			case DUE -> message + " is due, and " + owner(state.lease()) + " is about to fetch it for " + name
					+ ", unless that is paused there or has no place free.";
		};
	}

	private static String owner(@Nullable LeaseState lease) {
		if (lease == null) {
			return "an instance";
		}
		Duration left = lease.expiresIn();
		return "instance " + lease.owner() + " (whose lease lasts another " + left + ")";
	}

}
