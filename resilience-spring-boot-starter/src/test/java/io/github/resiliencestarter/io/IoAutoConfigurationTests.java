package io.github.resiliencestarter.io;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Properties;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.mail.autoconfigure.MailSenderAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.mail.MailSendException;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link IoAutoConfiguration} and {@link IoDefaultsEnvironmentPostProcessor}.
 */
@ExtendWith(OutputCaptureExtension.class)
class IoAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withInitializer((context) -> defaults(context.getEnvironment()))
		.withConfiguration(AutoConfigurations.of(IoAutoConfiguration.class, HttpClientAutoConfiguration.class,
				MailSenderAutoConfiguration.class, DataSourceAutoConfiguration.class));

	@ParameterizedTest
	@CsvSource({ "postgresql,loginTimeout=5,socketTimeout=60", "mariadb,connectTimeout=5000,socketTimeout=60000" })
	void aSilentDatabaseCannotHoldAThreadForEver(String driver, String connect, String read) {
		this.runner.withPropertyValues("spring.datasource.url=jdbc:" + driver + "://nowhere.invalid/db")
			.run((context) -> {
				Properties properties = context.getBean(HikariDataSource.class).getDataSourceProperties();
				assertThat(properties).containsEntry("tcpKeepAlive", "true")
					.containsEntry(name(connect), value(connect))
					.containsEntry(name(read), value(read));
				assertThat(find(context.getBean(IoAudit.class), "DataSource 'dataSource'")).isEqualTo(
						new IoClient("DataSource 'dataSource'", "5s", "1m", "2m", IoClient.Verdict.BOUNDED, null));
			});
	}

	@ParameterizedTest
	@CsvSource({ "postgresql,7", "mariadb,7000" })
	void theApplicationsOwnTimeoutInTheUrlIsKept(String driver, String own) {
		this.runner
			.withPropertyValues("spring.datasource.url=jdbc:" + driver + "://nowhere.invalid/db?socketTimeout=" + own)
			.run((context) -> {
				assertThat(context.getBean(HikariDataSource.class).getDataSourceProperties())
					.doesNotContainKey("socketTimeout");
				assertThat(find(context.getBean(IoAudit.class), "DataSource 'dataSource'").readTimeout())
					.isEqualTo("7s");
			});
	}

	@Test
	void theApplicationsOwnDriverPropertyIsKept() {
		this.runner
			.withPropertyValues("spring.datasource.url=jdbc:postgresql://nowhere.invalid/db",
					"spring.datasource.hikari.data-source-properties.socketTimeout=7")
			.run((context) -> assertThat(context.getBean(HikariDataSource.class).getDataSourceProperties())
				.containsEntry("socketTimeout", "7"));
	}

	@Test
	void aDatabaseInsideTheProcessCannotFallSilent() {
		this.runner.run((context) -> assertThat(find(context.getBean(IoAudit.class), "DataSource 'dataSource'"))
			.extracting(IoClient::verdict)
			.isEqualTo(IoClient.Verdict.BOUNDED));
	}

	@Test
	void aSilentMailServerCannotHoldAThreadForEver() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.runner
				.withPropertyValues("spring.mail.host=localhost", "spring.mail.port=" + silent.getLocalPort(),
						"resilience.io.read-timeout=100ms")
				.run((context) -> {
					SimpleMailMessage mail = new SimpleMailMessage();
					mail.setTo("a@example.org");
					assertThatExceptionOfType(MailSendException.class)
						.isThrownBy(() -> context.getBean(JavaMailSenderImpl.class).send(mail))
						.withStackTraceContaining("SocketTimeoutException");
				});
		}
	}

	@Test
	void mailTimeoutsFollowTheProtocolAndTheApplication() {
		this.runner
			.withPropertyValues("spring.mail.host=nowhere.invalid", "spring.mail.protocol=smtps",
					"spring.mail.properties.mail.smtps.timeout=7000")
			.run((context) -> {
				assertThat(context.getBean(JavaMailSenderImpl.class).getJavaMailProperties())
					.containsEntry("mail.smtps.connectiontimeout", "5000")
					.containsEntry("mail.smtps.timeout", "7000")
					.containsEntry("mail.smtps.writetimeout", "10000");
				assertThat(find(context.getBean(IoAudit.class), "JavaMailSender 'mailSender'")).isEqualTo(
						new IoClient("JavaMailSender 'mailSender'", "5s", "7s", null, IoClient.Verdict.BOUNDED, null));
			});
	}

	@Test
	void httpClientsHaveTimeoutsUnlessTheApplicationSetsThem() {
		this.runner.withPropertyValues("spring.http.clients.read-timeout=7s").run((context) -> {
			HttpClientSettings settings = context.getBean(HttpClientSettings.class);
			assertThat(settings.connectTimeout()).hasSeconds(5);
			assertThat(settings.readTimeout()).hasSeconds(7);
		});
	}

	@Test
	void httpClientsMadeByHandAreSeenToWaitForEver() {
		this.runner.withBean("plainTemplate", RestTemplate.class, RestTemplate::new)
			.withBean("plainClient", RestClient.class,
					() -> RestClient.builder().requestFactory(new JdkClientHttpRequestFactory()).build())
			.run((context) -> assertThat(context.getBean(IoAudit.class).clients())
				.filteredOn((client) -> client.client().contains("plain"))
				.hasSize(2)
				.extracting(IoClient::verdict)
				.containsOnly(IoClient.Verdict.UNBOUNDED));
	}

	@Test
	void httpClientsMadeByBootsBuildersAreSeenToBeLimited() {
		this.runner
			.withConfiguration(AutoConfigurations.of(ImperativeHttpClientAutoConfiguration.class,
					RestClientAutoConfiguration.class, RestTemplateAutoConfiguration.class))
			.withUserConfiguration(BuiltClients.class)
			.run((context) -> assertThat(context.getBean(IoAudit.class).clients())
				.filteredOn((client) -> client.client().contains("built"))
				.containsExactly(
						new IoClient("RestClient 'builtClient'", "5s", "10s", null, IoClient.Verdict.BOUNDED, null),
						new IoClient("RestTemplate 'builtTemplate'", "5s", "10s", null, IoClient.Verdict.BOUNDED,
								null)));
	}

	@Test
	void theDefaultsAreThereInARealApplicationAndLeaveItsOwnAlone() {
		try (ConfigurableApplicationContext application = new SpringApplicationBuilder(Empty.class)
			.web(WebApplicationType.NONE)
			.properties("spring.http.clients.connect-timeout=5s")
			.run()) {
			assertThat(application.getEnvironment().getProperty("spring.http.clients.connect-timeout")).isEqualTo("5s");
			assertThat(application.getEnvironment().getProperty("spring.http.clients.read-timeout")).isEqualTo("PT10S");
		}
	}

	@Test
	void aClientThatCanWaitForEverIsNamedInTheLogWithItsRemedy(CapturedOutput output) {
		this.runner.withUserConfiguration(StartedPool.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).contains("DataSource 'startedPool'", "read time-out: none", "socketTimeout");
		});
	}

	@Test
	void aClientThatCanWaitForEverStopsTheStartUpWhereThatIsWanted() {
		this.runner.withUserConfiguration(StartedPool.class)
			.withPropertyValues("resilience.io.audit=fail")
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(FailureAnalyzedException.class)
				.hasMessageContaining("DataSource 'startedPool'"));
	}

	@Test
	void nothingIsSaidWhereNothingIsWanted(CapturedOutput output) {
		this.runner.withUserConfiguration(StartedPool.class)
			.withPropertyValues("resilience.io.audit=off")
			.run((context) -> assertThat(output).doesNotContain("startedPool"));
	}

	@Test
	void nothingIsChangedWhereThatIsWanted() {
		this.runner
			.withPropertyValues("resilience.io.enabled=false", "spring.mail.host=nowhere.invalid",
					"spring.datasource.url=jdbc:postgresql://nowhere.invalid/db")
			.run((context) -> {
				assertThat(context.getBean(HikariDataSource.class).getDataSourceProperties()).isEmpty();
				assertThat(context.getBean(JavaMailSenderImpl.class).getJavaMailProperties()).isEmpty();
				assertThat(context.getBean(HttpClientSettings.class).readTimeout()).isNull();
				assertThat(context.getBean(IoAudit.class).clients()).hasSize(3)
					.extracting(IoClient::verdict)
					.containsOnly(IoClient.Verdict.UNBOUNDED);
			});
	}

	@Test
	void everyLibraryMayBeMissing() {
		for (String library : new String[] { "com.zaxxer.hikari", "org.springframework.mail",
				"org.springframework.boot.http.client", "org.springframework.web" }) {
			new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(IoAutoConfiguration.class))
				.withClassLoader(new FilteredClassLoader(library))
				.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(IoAudit.class));
		}
	}

	private static void defaults(ConfigurableEnvironment environment) {
		new IoDefaultsEnvironmentPostProcessor().postProcessEnvironment(environment, new SpringApplication());
	}

	private static IoClient find(IoAudit audit, String client) {
		return audit.clients()
			.stream()
			.filter((candidate) -> candidate.client().equals(client))
			.findFirst()
			.orElseThrow();
	}

	private static String name(String setting) {
		return setting.substring(0, setting.indexOf('='));
	}

	private static String value(String setting) {
		return setting.substring(setting.indexOf('=') + 1);
	}

	@Configuration(proxyBeanMethods = false)
	static class Empty {

	}

	@Configuration(proxyBeanMethods = false)
	static class BuiltClients {

		@Bean
		RestClient builtClient(RestClient.Builder builder) {
			return builder.build();
		}

		@Bean
		RestTemplate builtTemplate(RestTemplateBuilder builder) {
			return builder.interceptors((request, body, execution) -> execution.execute(request, body)).build();
		}

	}

	/**
	 * A pool that is running before anybody can give its driver a time-out.
	 */
	@Configuration(proxyBeanMethods = false)
	static class StartedPool {

		@Bean
		HikariDataSource startedPool() {
			HikariConfig config = new HikariConfig();
			config.setJdbcUrl("jdbc:postgresql://nowhere.invalid/db");
			config.setInitializationFailTimeout(-1);
			config.setMinimumIdle(0);
			return new HikariDataSource(config);
		}

	}

}
