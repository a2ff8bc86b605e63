package io.github.resiliencestarter.outbox;

import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

import io.github.resiliencestarter.guard.MonotonicClock;

import org.springframework.context.SmartLifecycle;
import org.springframework.util.function.SingletonSupplier;

/**
 * The delivering half of the outbox, started last and stopped first: when it stops, its
 * shards go to the other instances at once.
 */
final class OutboxRelay implements SmartLifecycle {

	private final Dispatcher dispatcher;

	private final Deliveries deliveries;

	private final Relay relay;

	private final SessionThread session;

	private final RelaySettings settings;

	private final Supplier<Collection<MessageHandler>> handlers;

	private final SingletonSupplier<Integer> shards;

	private final String owner;

	private volatile boolean running;

	OutboxRelay(OutboxStore store, Supplier<Collection<MessageHandler>> handlers, Attempt attempt, MonotonicClock clock,
			RelaySettings settings) {
		this.handlers = handlers;
		this.settings = settings;
		this.shards = SingletonSupplier.of(() -> store.prepare(settings.shards()));
		this.owner = ProcessHandle.current().pid() + "-" + UUID.randomUUID();
		LeaseKeeper leases = new LeaseKeeper(store, clock, this.owner, settings.lease());
		this.deliveries = new Deliveries(attempt, clock, leases::maySend, this::wake);
		this.dispatcher = this.deliveries.dispatcher();
		this.session = new SessionThread(store, leases.owner(), clock, this::announced, this::hurry);
		this.relay = new Relay(store, leases, this.dispatcher,
				new Exchanger(store, leases, this.dispatcher, settings.batchSize()), clock, settings.beatNanos());
	}

	String owner() {
		return this.owner;
	}

	private void wake() {
		this.relay.wake();
	}

	boolean pause(String handler, boolean paused) {
		boolean found = this.dispatcher.pause(handler, paused);
		wake();
		return found;
	}

	boolean isPaused(String handler) {
		return this.dispatcher.isPaused(handler);
	}

	private void hurry() {
		this.relay.hurry();
	}

	Dispatcher dispatcher() {
		return this.dispatcher;
	}

	IntSupplier shards() {
		return this.shards::obtain;
	}

	/**
	 * Committed messages are to be fetched.
	 */
	void announce(List<Committed> committed) {
		List<Committed> others = this.dispatcher.feed(committed);
		if (others.size() < committed.size() && this.dispatcher.room() > 0) {
			wake();
		}
		if (!others.isEmpty()) {
			this.relay.announce(others);
		}
	}

	private void announced(List<Committed> committed) {
		if (this.dispatcher.feed(committed).size() < committed.size()) {
			wake();
		}
	}

	@Override
	public void start() {
		this.deliveries.open();
		this.shards.obtain();
		this.dispatcher.handle(this.handlers.get());
		this.relay.start();
		this.session.start();
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		try {
			this.relay.stop(this.settings.shutdownTimeout());
			this.session.stop();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.deliveries.close();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
