package io.github.resiliencestarter.guard;

import org.jspecify.annotations.Nullable;

/**
 * The call that the current thread's work stems from: what is sent out within it can say
 * where it comes from. An origin names nothing personal.
 */
public final class CallOrigin {

	private static final ThreadLocal<@Nullable String> CURRENT = new ThreadLocal<>();

	private CallOrigin() {
	}

	/**
	 * Return the current origin.
	 * @return the origin, or {@code null} if none is known
	 */
	public static @Nullable String current() {
		return CURRENT.get();
	}

	/**
	 * Set the current origin.
	 * @param origin the origin, or {@code null} for none
	 * @return what to set again afterwards
	 */
	public static @Nullable String replace(@Nullable String origin) {
		String previous = CURRENT.get();
		if (origin != null) {
			CURRENT.set(origin);
		}
		else {
			CURRENT.remove();
		}
		return previous;
	}

}
