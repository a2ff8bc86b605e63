package io.github.resiliencestarter.guard;

/**
 * Makes guards for methods whose result comes later.
 */
public final class AsyncGuards {

	private AsyncGuards() {
	}

	/**
	 * Make a guard that lets calls in through a gate and tells it when the stage
	 * completes or the subscription ends. Cancelling the result cancels its source.
	 * Nothing is thrown to the caller directly: a refusal becomes the failure of the
	 * result.
	 * @param kind the kind of result
	 * @param next the rest of the chain
	 * @param gate lets calls in
	 * @return the guard
	 */
	public static Guard gated(ResultKind kind, Guard next, AsyncGate gate) {
		return switch (kind) {
			case VALUE -> throw new IllegalArgumentException("The result is there at the method's return");
			case STAGE -> new StageGuard(next, gate);
			case MONO -> new ReactorGuards.MonoGuard(next, gate);
			case FLUX -> new ReactorGuards.FluxGuard(next, gate);
		};
	}

}
