package io.github.resiliencestarter.outbox;

import java.util.List;

/**
 * Where change data capture finds messages that no relay delivers. Thread-safe.
 */
public interface CaptureTable {

	/**
	 * Write messages in the current transaction of the calling thread. They are in the
	 * database's log when it commits, and nowhere else.
	 * @param events the messages, in their order
	 */
	void write(List<CapturedEvent> events);

}
