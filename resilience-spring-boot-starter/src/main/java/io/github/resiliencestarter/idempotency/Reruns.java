package io.github.resiliencestarter.idempotency;

/**
 * How often one call's transaction may be run again: bounded in number and time.
 */
final class Reruns {

	private static final int MOST = 20;

	private final Patience patience;

	private int count;

	Reruns(Patience patience) {
		this.patience = patience;
	}

	Patience patience() {
		return this.patience;
	}

	boolean another() throws InterruptedException {
		return ++this.count <= MOST && this.patience.pause();
	}

	/**
	 * Pause as {@link #another()} does, but only leave early when interrupted.
	 * @return whether there may be another run
	 */
	boolean anotherUninterruptibly() {
		try {
			return another();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return true;
		}
	}

}
