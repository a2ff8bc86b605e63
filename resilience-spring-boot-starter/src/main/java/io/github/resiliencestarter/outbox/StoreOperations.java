package io.github.resiliencestarter.outbox;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Operations on the store, and on what this instance knows.
 */
final class StoreOperations implements OutboxOperations {

	private final OutboxStore store;

	private final HandlerRegistry handlers;

	private final OutboxRelay relay;

	private final KeyInquiry keys;

	StoreOperations(OutboxStore store, HandlerRegistry handlers, OutboxRelay relay) {
		this.relay = relay;
		this.store = store;
		this.handlers = handlers;
		this.keys = new KeyInquiry(store, handlers, relay);
	}

	@Override
	public OutboxFigures figures() {
		return this.store.figures();
	}

	@Override
	public Map<String, HandlerCounts> handlers() {
		return this.handlers.counts();
	}

	@Override
	public List<LeaseState> leases() {
		return this.store.leases();
	}

	@Override
	public KeyReport key(String key) {
		return this.keys.ask(key);
	}

	@Override
	public List<DeadLetter> dead(@Nullable String handler, int most) {
		return this.store.dead(handler, most);
	}

	@Override
	public boolean redeliver(String messageId) {
		return this.store.redeliver(messageId, null) > 0;
	}

	@Override
	public int redeliverAll(@Nullable String handler) {
		return this.store.redeliver(null, handler);
	}

	@Override
	public boolean discard(String messageId) {
		return this.store.discard(messageId);
	}

	@Override
	public boolean pause(String handler, boolean paused) {
		return this.relay.pause(handler, paused);
	}

}
