package io.github.resiliencestarter.circuitbreaker;

/**
 * The right to make one call, bound to the phase that granted it: what becomes of the
 * call is told to that phase, whichever the breaker is in by then. Exactly one of the
 * methods is called, once, on any thread.
 */
interface Permit {

	/** For calls that go through without being a sample. */
	Permit UNCOUNTED = new Permit() {

		@Override
		public void succeeded(long startedAt) {
		}

		@Override
		public void failed(long startedAt) {
		}

		@Override
		public void giveBack() {
		}

	};

	/**
	 * The call is a success, possibly a slow one.
	 * @param startedAt when it began; not looked at unless slow calls are
	 */
	void succeeded(long startedAt);

	/**
	 * The call is a failure, possibly a slow one.
	 * @param startedAt when it began; not looked at unless slow calls are
	 */
	void failed(long startedAt);

	/**
	 * The call says nothing about the method.
	 */
	void giveBack();

}
