package io.github.resiliencestarter.benchmarks.guards.annotated;

import io.github.resiliencestarter.benchmarks.LibraryUnderTest;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * A Spring Boot application with one library and one bean that it guards.
 *
 * @param <P> the bean
 */
@State(Scope.Benchmark)
public abstract class AnnotatedCalls<P> {

	static final String SKU = "book-42";

	private final String library;

	private final Class<?> application;

	private final Class<P> type;

	private final String[] properties;

	private ConfigurableApplicationContext context;

	/** The guarded bean. */
	P prices;

	AnnotatedCalls(String library, Class<?> application, Class<P> type, String... properties) {
		this.library = library;
		this.application = application;
		this.type = type;
		this.properties = properties;
	}

	@Setup
	public void start() {
		this.context = LibraryUnderTest.start(this.library, this.application, this.properties);
		this.prices = this.context.getBean(this.type);
		started(this.context);
	}

	@TearDown
	public void close() {
		this.context.close();
	}

	void started(ConfigurableApplicationContext context) {
	}

}
