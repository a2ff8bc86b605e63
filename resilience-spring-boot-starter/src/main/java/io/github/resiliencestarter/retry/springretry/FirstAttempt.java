package io.github.resiliencestarter.retry.springretry;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.retry.RetryContext;

/**
 * What {@code RetrySynchronizationManager.getContext()} returns during a first attempt,
 * which is made before spring-retry is entered. Allocates its map only if the method puts
 * something there, and hands everything over to spring-retry's own context if the attempt
 * fails.
 */
@SuppressWarnings("serial")
final class FirstAttempt implements RetryContext {

	private final transient @Nullable RetryContext parent;

	private @Nullable Map<String, Object> attributes;

	private boolean exhaustedOnly;

	FirstAttempt(@Nullable RetryContext parent) {
		this.parent = parent;
	}

	void handOver(RetryContext context) {
		if (this.attributes != null) {
			this.attributes.forEach(context::setAttribute);
		}
		if (this.exhaustedOnly) {
			context.setExhaustedOnly();
		}
	}

	@Override
	public void setExhaustedOnly() {
		this.exhaustedOnly = true;
	}

	@Override
	public boolean isExhaustedOnly() {
		return this.exhaustedOnly;
	}

	@Override
	public @Nullable RetryContext getParent() {
		return this.parent;
	}

	@Override
	public int getRetryCount() {
		return 0;
	}

	@Override
	public @Nullable Throwable getLastThrowable() {
		return null;
	}

	@Override
	public void setAttribute(String name, @Nullable Object value) {
		if (value == null) {
			removeAttribute(name);
			return;
		}
		if (this.attributes == null) {
			this.attributes = new LinkedHashMap<>();
		}
		this.attributes.put(name, value);
	}

	@Override
	public @Nullable Object getAttribute(String name) {
		return (this.attributes != null) ? this.attributes.get(name) : null;
	}

	@Override
	public @Nullable Object removeAttribute(String name) {
		return (this.attributes != null) ? this.attributes.remove(name) : null;
	}

	@Override
	public boolean hasAttribute(String name) {
		return this.attributes != null && this.attributes.containsKey(name);
	}

	@Override
	public String[] attributeNames() {
		return (this.attributes != null) ? this.attributes.keySet().toArray(String[]::new) : new String[0];
	}

}
