package io.github.resiliencestarter.throttle;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.distributed.BucketProxy;
import org.jspecify.annotations.Nullable;

/**
 * The permits of a throttle of scope CLUSTER: one token bucket for each key, which all
 * instances share. While the database does not answer, {@link OnStoreFailure} decides.
 */
final class ClusterPermits implements Permits {

	private static final long ASK_AGAIN = TimeUnit.SECONDS.toNanos(1);

	private final String name;

	private final BucketStore store;

	private final OnStoreFailure onStoreFailure;

	private final Permits local;

	private volatile Buckets buckets;

	/**
	 * Create the permits.
	 * @param name the throttle's name, which the instances must agree on
	 * @param limit the limit
	 * @param store the database
	 * @param onStoreFailure what to do without it
	 * @param local the instance's own permits, for {@link OnStoreFailure#LIMIT_LOCALLY}
	 */
	ClusterPermits(String name, RateLimit limit, BucketStore store, OnStoreFailure onStoreFailure, Permits local) {
		this.name = name;
		this.store = store;
		this.onStoreFailure = onStoreFailure;
		this.local = local;
		this.buckets = Buckets.of(limit, store);
	}

	@Override
	public long take(@Nullable Object key, RateLimit limit, long now, long longestWait) {
		BucketProxy bucket = bucket(key, limit);
		Long wait = this.store.ask(() -> take(bucket, longestWait));
		return (wait != null) ? wait : takeWithoutStore(key, limit, now, longestWait);
	}

	private static long take(BucketProxy bucket, long longestWait) throws InterruptedException {
		long[] wait = new long[1];
		// reserves a token; the caller sleeps, not this thread
		if (longestWait > 0 && bucket.asBlocking().tryConsume(1, longestWait, (nanos) -> wait[0] = nanos)) {
			return wait[0];
		}
		ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
		return probe.isConsumed() ? 0 : -Math.max(1, probe.getNanosToWaitForRefill());
	}

	private long takeWithoutStore(@Nullable Object key, RateLimit limit, long now, long longestWait) {
		return switch (this.onStoreFailure) {
			case LIMIT_LOCALLY -> this.local.take(key, limit, now, longestWait);
			case ALLOW -> 0;
			case REJECT -> -ASK_AGAIN;
		};
	}

	/**
	 * Give a token back, unless in the time that has passed it may have come back by
	 * itself. Does not wait for the database.
	 */
	@Override
	public void giveBack(@Nullable Object key, RateLimit limit, long takenAt, long wait, long now) {
		if (wait > 0 || now - takenAt < limit.interval()) {
			BucketProxy bucket = bucket(key, limit);
			this.store.tell(() -> bucket.addTokens(1));
		}
	}

	@Override
	public ThrottledException.@Nullable Quota quota(@Nullable Object key, RateLimit limit, long now) {
		return null;
	}

	private BucketProxy bucket(@Nullable Object key, RateLimit limit) {
		Buckets current = this.buckets;
		if (current.limit() != limit) {
			current = Buckets.of(limit, this.store);
			this.buckets = current;
		}
		BucketConfiguration configuration = current.configuration();
		return current.table().builder().build(id(key), () -> configuration);
	}

	/**
	 * Return the row's id: of fixed length, and different for different names and keys.
	 */
	private String id(@Nullable Object key) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			byte[] nameBytes = this.name.getBytes(StandardCharsets.UTF_8);
			digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(nameBytes.length).flip());
			digest.update(nameBytes);
			if (key != null) {
				digest.update(key.toString().getBytes(StandardCharsets.UTF_8));
			}
			return HexFormat.of().formatHex(digest.digest());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	/**
	 * The buckets under one limit.
	 *
	 * @param limit the limit
	 * @param configuration the limit as Bucket4j has it
	 * @param table where they are
	 */
	private record Buckets(RateLimit limit, BucketConfiguration configuration, BucketTable table) {

		static Buckets of(RateLimit limit, BucketStore store) {
			BucketConfiguration configuration = BucketConfiguration.builder()
				.addLimit((bandwidth) -> bandwidth.capacity(limit.burst())
					.refillGreedy(limit.rate().permits(), limit.rate().period()))
				.build();
			return new Buckets(limit, configuration, store.table(configuration));
		}

	}

}
