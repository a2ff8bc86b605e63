package io.github.resiliencestarter.throttle;

import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

import io.github.resiliencestarter.guard.GuardDeclaration;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.SqlDialect;

/**
 * Makes the permits of throttles of scope CLUSTER, or stops the start-up where something
 * is missing for them. Opens the {@link BucketStore} for the first of them.
 */
final class ClusterPermitsFactory implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(ClusterPermitsFactory.class);

	private static final String BUCKET4J = "io.github.bucket4j.distributed.proxy.AbstractProxyManager";

	private final Supplier<@Nullable ResilienceDatabase> database;

	private final ThrottleProperties.Store properties;

	private final MonotonicClock clock;

	private final @Nullable ClassLoader classLoader;

	private @Nullable BucketStore store;

	ClusterPermitsFactory(Supplier<@Nullable ResilienceDatabase> database, ThrottleProperties.Store properties,
			MonotonicClock clock, @Nullable ClassLoader classLoader) {
		this.database = database;
		this.properties = properties;
		this.clock = clock;
		this.classLoader = classLoader;
	}

	/**
	 * Make the permits of a throttle.
	 * @param declaration who asks
	 * @param name the throttle's name
	 * @param limit its limit
	 * @param onStoreFailure what to do without the database
	 * @param local the instance's own permits
	 * @return the permits
	 */
	Permits create(GuardDeclaration declaration, String name, RateLimit limit, OnStoreFailure onStoreFailure,
			Permits local) {
		ResilienceDatabase found = this.database.get();
		if (found == null) {
			throw declaration.invalid("has a throttle of scope CLUSTER, but the application has no database to share",
					"Add a DataSource with a transaction manager (spring-boot-starter-jdbc), or use scope INSTANCE.");
		}
		if (found.dialect() == SqlDialect.H2) {
			logger.info("Throttle '" + name + "' of scope CLUSTER is the instance's own limit: H2 is not shared");
			return local;
		}
		if (!ClassUtils.isPresent(BUCKET4J, this.classLoader)) {
			throw declaration.invalid("has a throttle of scope CLUSTER, but Bucket4j is not on the class path",
					"Add the dependency com.bucket4j:bucket4j_jdk17-core, or use scope INSTANCE.");
		}
		return new ClusterPermits(name, limit, store(found), onStoreFailure, local);
	}

	private synchronized BucketStore store(ResilienceDatabase database) {
		BucketStore opened = this.store;
		if (opened == null) {
			opened = new BucketStore(database, this.properties, this.clock);
			this.store = opened;
		}
		return opened;
	}

	@Override
	public synchronized void close() {
		if (this.store != null) {
			this.store.close();
		}
	}

}
