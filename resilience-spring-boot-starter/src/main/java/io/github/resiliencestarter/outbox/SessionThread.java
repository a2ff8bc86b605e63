package io.github.resiliencestarter.outbox;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.github.resiliencestarter.guard.MonotonicClock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the instance's session with the store, and opens another when it breaks.
 */
final class SessionThread implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(SessionThread.class);

	private static final Duration LISTEN = Duration.ofMillis(250);

	private static final long REOPEN_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final OutboxStore store;

	private final String owner;

	private final MonotonicClock clock;

	private final Consumer<List<Committed>> announced;

	private final Runnable someoneDied;

	private volatile @Nullable Thread thread;

	private volatile boolean stopping;

	SessionThread(OutboxStore store, String owner, MonotonicClock clock, Consumer<List<Committed>> announced,
			Runnable someoneDied) {
		this.store = store;
		this.owner = owner;
		this.clock = clock;
		this.announced = announced;
		this.someoneDied = someoneDied;
	}

	/**
	 * Begin, for the first time or again.
	 */
	void start() {
		this.stopping = false;
		Thread begun = new Thread(this, "outbox-session");
		begun.setDaemon(true);
		this.thread = begun;
		begun.start();
	}

	void stop() throws InterruptedException {
		this.stopping = true;
		Thread begun = this.thread;
		if (begun != null) {
			begun.interrupt();
			begun.join(LISTEN.toMillis() * 4);
		}
	}

	@Override
	public void run() {
		while (!this.stopping) {
			try (OutboxSession session = this.store.openSession(this.owner)) {
				if (session == null) {
					return;
				}
				while (!this.stopping) {
					attend(session);
				}
			}
			catch (RuntimeException ex) {
				logger.debug("The session with the outbox's store broke", ex);
				pause();
			}
		}
	}

	private void attend(OutboxSession session) {
		List<Committed> committed = session.listen(LISTEN);
		if (!committed.isEmpty()) {
			this.announced.accept(committed);
		}
		if (session.expireDead()) {
			this.someoneDied.run();
		}
	}

	private void pause() {
		try {
			this.clock.sleep(REOPEN_NANOS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			this.stopping = true;
		}
	}

}
