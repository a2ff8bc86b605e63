package io.github.resiliencestarter.jdbc;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Tells which databases are supported, without a stack trace.
 */
final class UnsupportedDatabaseFailureAnalyzer extends AbstractFailureAnalyzer<UnsupportedDatabaseException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnsupportedDatabaseException cause) {
		return new FailureAnalysis(cause.getMessage(),
				"Use one of these databases, or set resilience.idempotency.enabled=false and "
						+ "resilience.outbox.enabled=false.",
				cause);
	}

}
