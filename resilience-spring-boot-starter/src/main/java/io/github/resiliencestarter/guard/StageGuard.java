package io.github.resiliencestarter.guard;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Acts when the returned {@link CompletionStage} completes.
 */
final class StageGuard implements Guard {

	private final Guard next;

	private final AsyncGate gate;

	StageGuard(Guard next, AsyncGate gate) {
		this.next = next;
		this.gate = gate;
	}

	@Override
	public @Nullable Object call(MethodInvocation call) throws Throwable {
		Admission admission;
		try {
			admission = this.gate.admit(call);
		}
		catch (Throwable refused) {
			return CompletableFuture.failedFuture(refused);
		}
		CompletionStage<?> stage;
		try {
			stage = (CompletionStage<?>) this.next.call(call);
		}
		catch (Throwable failure) {
			admission.failed(failure);
			return CompletableFuture.failedFuture(failure);
		}
		if (stage == null) {
			admission.succeeded(null);
			return null;
		}
		CompletionStage<?> observed = stage.whenComplete((result, failure) -> report(admission, result, failure));
		return LinkedFuture.of(observed, stage);
	}

	private static void report(Admission admission, @Nullable Object result, @Nullable Throwable failure) {
		if (failure == null) {
			admission.succeeded(result);
		}
		else {
			Throwable cause = Failures.unwrap(failure);
			if (cause instanceof CancellationException) {
				admission.cancelled();
			}
			else {
				admission.failed(cause);
			}
		}
	}

}
