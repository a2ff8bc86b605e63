package io.github.resiliencestarter.idempotency;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import io.github.resiliencestarter.idempotency.Idempotent.Mode;
import io.github.resiliencestarter.idempotency.Idempotent.OnConcurrent;

/**
 * Configuration of idempotent operations.
 *
 * @param enabled whether methods annotated with Idempotent are protected
 * @param header name of the HTTP header that carries the key
 * @param maxReplySize largest reply that is kept; a larger one reaches only the first
 * caller
 * @param purgeInterval time between two purges of what is past; zero for none on this
 * instance
 * @param names operations that only IdempotencyOperations uses
 * @param defaults what holds for every operation that does not say otherwise
 * @param instances what holds for one operation, by its name; wins over the annotation
 * @param encryption how stored replies are encrypted
 * @param web what is offered over HTTP
 */
@ConfigurationProperties("resilience.idempotency")
public record IdempotencyProperties(@DefaultValue("true") boolean enabled,
		@DefaultValue("Idempotency-Key") String header, @DefaultValue("1MB") DataSize maxReplySize,
		@DefaultValue("1m") Duration purgeInterval, @DefaultValue List<String> names, @DefaultValue Operation defaults,
		@DefaultValue Map<String, Operation> instances, @DefaultValue Encryption encryption, @DefaultValue Web web) {

	/**
	 * How one operation behaves.
	 *
	 * @param key SpEL expression that yields the key
	 * @param mode where the effect happens
	 * @param ttl how long a reply can be replayed, 24h unless said otherwise
	 * @param retention how long a duplicate is still recognised, 7d unless said otherwise
	 * @param onConcurrent what a duplicate does while the first call still runs
	 * @param maxWait how long a waiting duplicate waits for the first call, 5s unless
	 * said otherwise
	 * @param lease how long an owner that gives no sign of life keeps the key, 30s unless
	 * said otherwise (mode LEASED)
	 * @param fingerprint SpEL expression that tells whether two calls with one key are
	 * the same call
	 * @param rememberExceptions exceptions that are recorded with the key and thrown
	 * again at every duplicate
	 * @param propagateKey whether outgoing RestClient calls carry an idempotency key
	 * derived from the call's own
	 */
	public record Operation(@Nullable String key, @Nullable Mode mode, @Nullable Duration ttl,
			@Nullable Duration retention, @Nullable OnConcurrent onConcurrent, @Nullable Duration maxWait,
			@Nullable Duration lease, @Nullable String fingerprint,
			@Nullable List<Class<? extends Throwable>> rememberExceptions, @Nullable Boolean propagateKey) {

		IdempotencySettings settings() {
			return new IdempotencySettings(this.key, this.mode, this.ttl, this.retention, this.onConcurrent,
					this.maxWait, this.lease, this.fingerprint, this.rememberExceptions, this.propagateKey);
		}

	}

	/**
	 * Encryption of stored replies with AES-GCM.
	 *
	 * @param key base64 of the 16, 24 or 32 bytes that new replies are encrypted with;
	 * empty for none
	 * @param previousKeys base64 of keys that older replies are still decrypted with
	 */
	public record Encryption(@DefaultValue("") String key, @DefaultValue List<String> previousKeys) {
	}

	/**
	 * What is offered over HTTP.
	 *
	 * @param statusPath path under which a sender can ask whether a request arrived;
	 * empty for none
	 */
	public record Web(@DefaultValue("") String statusPath) {
	}

	IdempotencySettings settings(String operation, IdempotencySettings declared) {
		Operation instance = this.instances.get(operation);
		IdempotencySettings configured = (instance != null) ? instance.settings() : IdempotencySettings.NONE;
		return configured.orElse(declared).orElse(this.defaults.settings());
	}

}
