package io.github.resiliencestarter;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * How long a test waits for what must happen before it gives up. Generous, because it
 * costs nothing where things work, and machines may be slow and loaded. Registered for
 * every test class, so that {@code await()} needs no time of its own. Whoever looks for
 * the reason of a failure says {@code -Dresilience.test.patience=10} (seconds).
 */
public final class Patience implements BeforeAllCallback {

	/** Longer than any test should have to wait. */
	public static final Duration LIMIT = Duration.ofSeconds(Long.getLong("resilience.test.patience", 120));

	@Override
	public void beforeAll(ExtensionContext context) {
		Awaitility.setDefaultTimeout(LIMIT);
	}

}
