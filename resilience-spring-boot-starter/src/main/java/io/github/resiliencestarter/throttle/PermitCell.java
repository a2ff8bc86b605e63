package io.github.resiliencestarter.throttle;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The permits of one key: the {@link Gcra} of the limit as it is now, until the cell
 * retires. Callers help each other over a change of the limit, so nobody waits for
 * anybody.
 */
@SuppressWarnings("serial")
final class PermitCell extends AtomicReference<Gcra> {

	private static final Gcra RETIRED = Gcra.frozen();

	PermitCell(RateLimit limit, long tat) {
		super(new Gcra(limit, tat));
	}

	/**
	 * Return the state under a limit.
	 * @param limit the limit
	 * @param now the moment
	 * @return the state, a frozen one if the cell has retired
	 */
	Gcra under(RateLimit limit, long now) {
		Gcra current = Objects.requireNonNull(get());
		return (current.limit() == limit || current == RETIRED) ? current : continued(current, limit, now);
	}

	private Gcra continued(Gcra current, RateLimit limit, long now) {
		Gcra next = current.continuedAs(limit, now);
		Gcra witness = compareAndExchange(current, next);
		return (witness == current) ? next : Objects.requireNonNull(witness);
	}

	/**
	 * Give no permit any more, for good.
	 * @return the moment at which all permits would be back
	 */
	long retire() {
		return Objects.requireNonNull(getAndSet(RETIRED)).freeze();
	}

}
