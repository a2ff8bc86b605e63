package io.github.resiliencestarter.idempotency;

import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.scheduling.annotation.Async;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.util.ClassUtils;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.InvalidGuardException;
import io.github.resiliencestarter.jdbc.ResilienceJdbcAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link IdempotencyAutoConfiguration}: what stops the start-up, and what
 * switches off by itself.
 */
class IdempotencyAutoConfigurationTests {

	private final ApplicationContextRunner withoutDatabase = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class, ResilienceJdbcAutoConfiguration.class,
				ClassUtils.resolveClassName(
						"io.github.resiliencestarter.idempotency.jdbc.JdbcIdempotencyAutoConfiguration", null),
				IdempotencyAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
				TransactionAutoConfiguration.class));

	private final ApplicationContextRunner runner = this.withoutDatabase
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class))
		.withPropertyValues("spring.datasource.generate-unique-name=true");

	private void stops(Class<?> bean, String... mentions) {
		this.runner.withBean(bean).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOf(InvalidGuardException.class)
				.hasMessageContaining("method")
				.hasMessageContainingAll(mentions);
		});
	}

	@Test
	void aTransactionOfItsOwnInsideStopsTheStartUp() {
		stops(RequiresNew.class, "REQUIRES_NEW", "LEASED");
		stops(NotSupported.class, "NOT_SUPPORTED");
		stops(Never.class, "NEVER");
		stops(ReadOnly.class, "read-only");
	}

	@Test
	void anEffectThatComesLaterStopsTheStartUp() {
		stops(Later.class, "CompletableFuture");
		stops(AsyncMethod.class, "@Async");
	}

	@Test
	void aReplyThatCanBeReadOnceStopsTheStartUp() {
		stops(Once.class, "InputStream");
		stops(OnceInside.class, "InputStream");
	}

	@Test
	void aKeyThatNamesNoParameterStopsTheStartUp() {
		stops(UnknownParameter.class, "key = \"#ordr.id\"", "#ordr", "#order");
		stops(NoExpression.class, "fingerprint", "no SpEL");
	}

	@Test
	void contradictionsStopTheStartUp() {
		stops(LongerThanKnown.class, "PT48H", "PT24H");
		stops(NoTime.class, "ttl", "soon");
	}

	@Test
	void withoutADatabaseAnIdempotentMethodStopsTheStartUp() {
		this.withoutDatabase.withBean(Fine.class).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).rootCause().hasMessageContaining("DataSource");
		});
		this.withoutDatabase.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void switchedOffNothingIsProtectedOrNeeded() {
		this.withoutDatabase.withBean(Fine.class)
			.withPropertyValues("resilience.idempotency.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(IdempotencyGuardFactory.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.security", "org.springframework.web", "jakarta.servlet",
			"io.micrometer", "org.springframework.boot.actuate" })
	void everyOptionalLibraryMayBeMissing(String library) {
		this.runner.withBean(Fine.class).withClassLoader(new FilteredClassLoader(library)).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(Fine.class).method("key")).isEqualTo(context.getBean(Fine.class).method("key"));
		});
	}

	@Test
	void aResponseEntityIsReplayedAlsoWhereNothingServesHttp() {
		this.runner
			.withConfiguration(AutoConfigurations.of(ClassUtils
				.resolveClassName("io.github.resiliencestarter.web.IdempotencyResponseAutoConfiguration", null)))
			.withBean(Responses.class)
			.run((context) -> {
				Responses bean = context.getBean(Responses.class);
				ResponseEntity<String> first = bean.method("kept", 201);
				assertThat(bean.method("kept", 201)).isEqualTo(first);
				assertThat(first.getHeaders().getFirst("Location")).isEqualTo("/1");
				assertThat(bean.method("failed", 503)).isNotEqualTo(bean.method("failed", 503));
			});
	}

	@Test
	void propertiesWinOverTheAnnotationAndDefaultsFillWhatItLeavesOpen() {
		this.runner.withBean(Fine.class)
			.withPropertyValues("resilience.idempotency.instances[Fine.method].mode=LEASED",
					"resilience.idempotency.defaults.retention=48h")
			.run((context) -> {
				IdempotencyRules rules = context.getBean(IdempotentOperations.class).find("Fine.method").rules();
				assertThat(rules.mode()).isEqualTo(Idempotent.Mode.LEASED);
				assertThat(rules.ttl()).hasHours(12);
				assertThat(rules.retention()).hasHours(48);
				assertThat(rules.maxWait()).hasSeconds(5);
			});
	}

	@Test
	void aPropertyOfNoOperationStopsTheStartUp() {
		this.runner.withBean(Fine.class)
			.withPropertyValues("resilience.idempotency.instances[Fine.metod].mode=LEASED")
			.run((context) -> assertThat(context.getStartupFailure())
				.hasMessageContaining("Did you mean 'Fine.method'?"));
		this.runner
			.withPropertyValues("resilience.idempotency.names=import",
					"resilience.idempotency.instances.import.mode=LEASED")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void ofSeveralTransactionManagersTheOneOfTheStoreIsUsedAndAnotherIsRefused() {
		this.runner.withUserConfiguration(TwoManagers.class)
			.withBean(Fine.class)
			.run((context) -> assertThat(context.getBean(Fine.class).method("key")).isNotNull());
		this.runner.withUserConfiguration(TwoManagers.class).withBean(OtherManager.class).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).rootCause().hasMessageContaining("otherManager");
		});
	}

	@Test
	void whoeverIsAuthenticatedHasKeysOfTheirOwnOutsideHttpToo() {
		this.runner.withBean(Fine.class).run((context) -> {
			Fine bean = context.getBean(Fine.class);
			IdempotencyOperations operations = context.getBean(IdempotencyOperations.class);
			Authentication alice = UsernamePasswordAuthenticationToken.authenticated("alice", "",
					AuthorityUtils.NO_AUTHORITIES);
			Authentication anonymous = new AnonymousAuthenticationToken("k", "guest",
					AuthorityUtils.createAuthorityList("GUEST"));
			assertThat(as(alice, () -> bean.method("k"))).isNotEqualTo(bean.method("k"));
			assertThat(as(anonymous, () -> bean.method("k"))).isEqualTo(bean.method("k"));
			String nobody = operations.execute("op", "k", null, String.class, () -> "nobody");
			assertThat(as(alice, () -> operations.execute("op", "k", null, String.class, () -> "alice")))
				.isNotEqualTo(nobody);
		});
	}

	private static <T> T as(Authentication authentication, Supplier<T> call) {
		SecurityContextHolder.getContext().setAuthentication(authentication);
		try {
			return call.get();
		}
		finally {
			SecurityContextHolder.clearContext();
		}
	}

	public static class Fine {

		private int count;

		@Idempotent(key = "#key", ttl = "12h")
		public int method(String key) {
			return ++this.count;
		}

	}

	public static class Responses {

		private int count;

		@Idempotent(key = "#key")
		public ResponseEntity<String> method(String key, int status) {
			return ResponseEntity.status(status).header("Location", "/" + ++this.count).body("body");
		}

	}

	static class RequiresNew {

		@Idempotent
		@Transactional(propagation = Propagation.REQUIRES_NEW)
		public void method() {
		}

	}

	static class NotSupported {

		@Idempotent
		@Transactional(propagation = Propagation.NOT_SUPPORTED)
		public void method() {
		}

	}

	static class Never {

		@Idempotent
		@Transactional(propagation = Propagation.NEVER)
		public void method() {
		}

	}

	static class ReadOnly {

		@Idempotent
		@Transactional(readOnly = true)
		public void method() {
		}

	}

	static class OtherManager {

		@Idempotent
		@Transactional("otherManager")
		public void method() {
		}

	}

	static class Later {

		@Idempotent
		public CompletableFuture<String> method() {
			return CompletableFuture.completedFuture("");
		}

	}

	static class AsyncMethod {

		@Idempotent
		@Async
		public void method() {
		}

	}

	static class Once {

		@Idempotent
		public InputStream method() {
			return InputStream.nullInputStream();
		}

	}

	static class OnceInside {

		@Idempotent
		public ResponseEntity<InputStream> method() {
			return ResponseEntity.ok().build();
		}

	}

	static class UnknownParameter {

		@Idempotent(key = "#ordr.id")
		public void method(String order) {
		}

	}

	static class NoExpression {

		@Idempotent(fingerprint = "#order +")
		public void method(String order) {
		}

	}

	static class LongerThanKnown {

		@Idempotent(ttl = "48h", retention = "24h")
		public void method() {
		}

	}

	static class NoTime {

		@Idempotent(ttl = "soon")
		public void method() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoManagers {

		@Bean
		PlatformTransactionManager mainManager(DataSource dataSource) {
			return new JdbcTransactionManager(dataSource);
		}

		@Bean
		PlatformTransactionManager otherManager() {
			return new JdbcTransactionManager(new DriverManagerDataSource("jdbc:h2:mem:other"));
		}

	}

}
