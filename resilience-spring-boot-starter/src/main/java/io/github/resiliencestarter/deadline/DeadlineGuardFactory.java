package io.github.resiliencestarter.deadline;

import java.util.concurrent.CompletableFuture;

import io.github.resiliencestarter.guard.Guard;
import io.github.resiliencestarter.guard.GuardFactory;
import io.github.resiliencestarter.guard.GuardOrder;
import io.github.resiliencestarter.guard.GuardedMethod;
import io.github.resiliencestarter.guard.ResultKind;

/**
 * Makes the guard that every guarded method has. A deadline alone makes no method
 * guarded.
 */
final class DeadlineGuardFactory implements GuardFactory {

	private final DeadlineCheck check;

	DeadlineGuardFactory(DeadlineCheck check) {
		this.check = check;
	}

	@Override
	public GuardOrder order() {
		return GuardOrder.DEADLINE;
	}

	@Override
	public boolean guards(GuardedMethod method) {
		return false;
	}

	@Override
	public Guard create(GuardedMethod method, Guard next) {
		return new DeadlineGuard(next, method.name(), refusal(method.resultKind()), this.check);
	}

	private static DeadlineGuard.Refusal refusal(ResultKind kind) {
		return switch (kind) {
			case VALUE -> (exception) -> {
				throw exception;
			};
			case STAGE -> CompletableFuture::failedFuture;
			case MONO -> ReactorRefusals.mono();
			case FLUX -> ReactorRefusals.flux();
		};
	}

}
