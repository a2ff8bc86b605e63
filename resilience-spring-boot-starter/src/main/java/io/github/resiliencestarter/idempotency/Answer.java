package io.github.resiliencestarter.idempotency;

import org.jspecify.annotations.Nullable;

/**
 * What a caller gets.
 *
 * @param value what the method returned
 * @param failure what it threw instead
 * @param said what it said besides, if that has to be said again
 */
record Answer(@Nullable Object value, @Nullable Throwable failure, ResponseHead said) {

	static Answer of(Ending.Ran ran) {
		return new Answer(ran.value(), ran.failure(), ResponseHead.NONE);
	}

	@Nullable Object outcome() throws Throwable {
		if (this.failure != null) {
			throw this.failure;
		}
		return this.value;
	}

}
