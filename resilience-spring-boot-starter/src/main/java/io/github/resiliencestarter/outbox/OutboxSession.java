package io.github.resiliencestarter.outbox;

import java.time.Duration;
import java.util.List;

/**
 * An instance's standing connection to the store. It makes others notice sooner that the
 * instance died, and the instance notice sooner what others publish; nothing depends on
 * it, because leases expire and messages are polled for anyway. Used by one thread.
 */
public interface OutboxSession extends AutoCloseable {

	/**
	 * Wait for other instances' announcements.
	 * @param longest the longest wait
	 * @return the messages that have committed
	 */
	List<Committed> listen(Duration longest);

	/**
	 * Let the leases of instances expire whose sessions have ended.
	 * @return whether there were any
	 */
	boolean expireDead();

	@Override
	void close();

}
