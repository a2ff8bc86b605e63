package io.github.resiliencestarter.timeout;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.resiliencestarter.guard.DeclaredGuard;

/**
 * Limits as properties or an annotation give them.
 *
 * @param value limit of the whole call as its caller sees it, retries included; none
 * unless set
 * @param attempt limit of each attempt; none unless set
 * @param mode what happens at the limit; interrupts the caller's thread unless set
 */
public record TimeoutSettings(@Nullable Duration value, @Nullable Duration attempt, Timeout.@Nullable Mode mode) {

	static final TimeoutSettings EMPTY = new TimeoutSettings(null, null, null);

	static TimeoutSettings of(DeclaredGuard<Timeout> declared) {
		Timeout.Mode mode = declared.annotation().mode();
		// the attribute's default is what nobody has written
		return new TimeoutSettings(declared.duration("value"), declared.duration("attempt"),
				(mode != Timeout.Mode.INTERRUPT) ? mode : null);
	}

	TimeoutSettings orElse(TimeoutSettings other) {
		return new TimeoutSettings((this.value != null) ? this.value : other.value,
				(this.attempt != null) ? this.attempt : other.attempt, (this.mode != null) ? this.mode : other.mode);
	}

}
