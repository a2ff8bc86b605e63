package io.github.resiliencestarter.guard;

import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Failures}.
 */
class FailuresTests {

	private final IOException failure = new IOException("no route");

	@Test
	void whatStagesAndFuturesWrapIsTakenOut() {
		assertThat(Failures.unwrap(new CompletionException(this.failure))).isSameAs(this.failure);
		assertThat(Failures.unwrap(new ExecutionException(new CompletionException(this.failure))))
			.isSameAs(this.failure);
	}

	@Test
	void otherFailuresAreLeftAlone() {
		assertThat(Failures.unwrap(this.failure)).isSameAs(this.failure);
		IllegalStateException other = new IllegalStateException(this.failure);
		assertThat(Failures.unwrap(other)).isSameAs(other);
	}

	@Test
	void aWrapperWithNothingInsideIsTheFailure() {
		CompletionException empty = new CompletionException("empty", null);
		assertThat(Failures.unwrap(empty)).isSameAs(empty);
	}

}
