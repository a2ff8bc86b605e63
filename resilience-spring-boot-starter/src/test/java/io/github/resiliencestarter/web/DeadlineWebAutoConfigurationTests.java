package io.github.resiliencestarter.web;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DeadlineWebAutoConfiguration} and
 * {@link DeadlineRestClientAutoConfiguration}: when they step back.
 */
class DeadlineWebAutoConfigurationTests {

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(GuardAutoConfiguration.class,
			DeadlineWebAutoConfiguration.class, DeadlineRestClientAutoConfiguration.class,
			RestClientAutoConfiguration.class);

	private final ApplicationContextRunner plain = new ApplicationContextRunner().withConfiguration(CONFIGURATIONS);

	private final WebApplicationContextRunner web = new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS);

	@Test
	void aServletApplicationReadsAndSendsDeadlines() {
		this.web.run((context) -> assertThat(context).hasBean("deadlineFilter")
			.hasSingleBean(DeadlineRestClientCustomizer.class));
	}

	@Test
	void anApplicationWithoutAServerOnlySendsThem() {
		this.plain.run((context) -> assertThat(context).doesNotHaveBean("deadlineFilter")
			.hasSingleBean(DeadlineRestClientCustomizer.class));
	}

	@Test
	void switchedOffItDoesNeither() {
		this.web.withPropertyValues("resilience.deadline.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean("deadlineFilter")
				.doesNotHaveBean(DeadlineRestClientCustomizer.class));
		this.web.withPropertyValues("resilience.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean("deadlineFilter")
				.doesNotHaveBean(DeadlineRestClientCustomizer.class));
	}

	@Test
	void applicationsWithoutWebClassesStart() {
		this.plain
			.withClassLoader(new FilteredClassLoader("jakarta.servlet", "org.springframework.web",
					"org.springframework.boot.web", "org.springframework.boot.restclient"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("deadlineFilter")
				.doesNotHaveBean("deadlineRestClientCustomizer"));
	}

}
