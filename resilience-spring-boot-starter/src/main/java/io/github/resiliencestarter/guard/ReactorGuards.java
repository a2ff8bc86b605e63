package io.github.resiliencestarter.guard;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Guards that act when a subscription ends. Loaded only where a method returns a Reactor
 * type. The method itself runs once, when it is called; every subscription is a call of
 * its own for the gate.
 */
final class ReactorGuards {

	private ReactorGuards() {
	}

	/**
	 * Reports at most once, whatever signals race.
	 */
	private static final class Report {

		private final Admission admission;

		private final AtomicBoolean done = new AtomicBoolean();

		Report(Admission admission) {
			this.admission = admission;
		}

		void once(Consumer<Admission> outcome) {
			if (this.done.compareAndSet(false, true)) {
				outcome.accept(this.admission);
			}
		}

	}

	/**
	 * For methods that return a {@link Mono}.
	 */
	static final class MonoGuard implements Guard {

		private final Guard next;

		private final AsyncGate gate;

		MonoGuard(Guard next, AsyncGate gate) {
			this.next = next;
			this.gate = gate;
		}

		@Override
		public @Nullable Object call(MethodInvocation call) throws Throwable {
			Mono<?> source = source(call);
			return (source != null) ? Mono.defer(() -> admitted(call, source)) : null;
		}

		private @Nullable Mono<?> source(MethodInvocation call) {
			try {
				return (Mono<?>) this.next.call(call);
			}
			catch (Throwable failure) {
				return Mono.error(failure);
			}
		}

		private Mono<?> admitted(MethodInvocation call, Mono<?> source) {
			Report report;
			try {
				report = new Report(this.gate.admit(call));
			}
			catch (Throwable refused) {
				return Mono.error(refused);
			}
			return source.doOnSuccess((result) -> report.once((admission) -> admission.succeeded(result)))
				.doOnError((failure) -> report.once((admission) -> admission.failed(Failures.unwrap(failure))))
				.doOnCancel(() -> report.once(Admission::cancelled));
		}

	}

	/**
	 * For methods that return a {@link Flux}.
	 */
	static final class FluxGuard implements Guard {

		private final Guard next;

		private final AsyncGate gate;

		FluxGuard(Guard next, AsyncGate gate) {
			this.next = next;
			this.gate = gate;
		}

		@Override
		public @Nullable Object call(MethodInvocation call) throws Throwable {
			Flux<?> source = source(call);
			return (source != null) ? Flux.defer(() -> admitted(call, source)) : null;
		}

		private @Nullable Flux<?> source(MethodInvocation call) {
			try {
				return (Flux<?>) this.next.call(call);
			}
			catch (Throwable failure) {
				return Flux.error(failure);
			}
		}

		private Flux<?> admitted(MethodInvocation call, Flux<?> source) {
			Report report;
			try {
				report = new Report(this.gate.admit(call));
			}
			catch (Throwable refused) {
				return Flux.error(refused);
			}
			return source.doOnComplete(() -> report.once((admission) -> admission.succeeded(null)))
				.doOnError((failure) -> report.once((admission) -> admission.failed(Failures.unwrap(failure))))
				.doOnCancel(() -> report.once(Admission::cancelled));
		}

	}

}
