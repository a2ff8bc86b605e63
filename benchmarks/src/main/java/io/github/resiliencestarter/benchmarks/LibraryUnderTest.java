package io.github.resiliencestarter.benchmarks;

import java.util.Set;
import java.util.stream.Collectors;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Lets each benchmark start an application that holds one library only, although all of
 * them share the class path: the others' auto-configurations are filtered out.
 */
public class LibraryUnderTest implements AutoConfigurationImportFilter, EnvironmentAware {

	private static final String PACKAGE = "benchmarks.library";

	private static final Set<String> AUTO_CONFIGURATIONS = ImportCandidates
		.load(AutoConfiguration.class, LibraryUnderTest.class.getClassLoader())
		.getCandidates()
		.stream()
		.collect(Collectors.toUnmodifiableSet());

	private Set<String> libraries = Set.of();

	private boolean hasDatabase;

	/**
	 * Start an application.
	 * @param library the package that holds the library's auto-configurations
	 * @param configuration the application
	 * @param properties more properties, as {@code name=value}
	 * @return the running application
	 */
	public static ConfigurableApplicationContext start(String library, Class<?> configuration, String... properties) {
		return new SpringApplicationBuilder(configuration).web(WebApplicationType.NONE)
			.properties(PACKAGE + "=" + library, "spring.main.banner-mode=off", "spring.main.log-startup-info=false")
			.properties(properties)
			.run();
	}

	@Override
	public void setEnvironment(Environment environment) {
		this.libraries = Set.of(environment.getProperty(PACKAGE, String[].class, new String[0]));
		this.hasDatabase = environment.containsProperty("spring.datasource.url");
	}

	@Override
	public boolean[] match(String[] autoConfigurations, AutoConfigurationMetadata metadata) {
		boolean[] matches = new boolean[autoConfigurations.length];
		for (int i = 0; i < matches.length; i++) {
			matches[i] = autoConfigurations[i] == null || belongs(autoConfigurations[i]);
		}
		return matches;
	}

	/**
	 * Spring also asks for what auto-configurations import.
	 */
	private boolean belongs(String autoConfiguration) {
		if (!AUTO_CONFIGURATIONS.contains(autoConfiguration)) {
			return true;
		}
		if (autoConfiguration.startsWith("org.springframework.boot.jdbc.")) {
			return this.hasDatabase;
		}
		return autoConfiguration.startsWith("org.springframework.boot.")
				|| this.libraries.stream().anyMatch((library) -> autoConfiguration.startsWith(library + "."));
	}

}
