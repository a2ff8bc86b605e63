package io.github.resiliencestarter.jpa;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

import io.github.resiliencestarter.jdbc.TestDatabase;
import io.github.resiliencestarter.outbox.NoTransactionException;
import io.github.resiliencestarter.outbox.Outbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * JPA's transaction manager sends what entities have become in its own commit, after
 * everything that callbacks could still do: messages and replies have to share the fate
 * of that too.
 */
class JpaTests {

	private ConfigurableApplicationContext application;

	@AfterEach
	void close() {
		this.application.close();
	}

	@ParameterizedTest
	@EnumSource
	void entitiesMessageAndReplyCommitTogether(TestDatabase server) {
		Shop shop = start(server);
		assertThat(this.application.getBean(PlatformTransactionManager.class))
			.isInstanceOf(JpaTransactionManager.class);
		String request = UUID.randomUUID().toString();
		String reply = shop.buy(request, "book");
		assertThat(shop.buy(request, "book")).isEqualTo(reply);
		String leased = shop.buyUnderLease(request, "pen");
		assertThat(shop.buyUnderLease(request, "pen")).isEqualTo(leased);
		untilDelivered();
		assertThat(purchases()).containsExactlyInAnyOrder("book", "confirmed book", "pen", "confirmed pen");
	}

	@ParameterizedTest
	@EnumSource
	void aFlushThatFailsInTheCommitTakesMessageAndReplyAlong(TestDatabase server) {
		Shop shop = start(server);
		String request = UUID.randomUUID().toString();
		shop.buy("before", "book");
		untilDelivered();
		shop.cancel("confirmed book");
		assertThatExceptionOfType(DataIntegrityViolationException.class).isThrownBy(() -> shop.buy(request, "book"));
		assertThatExceptionOfType(DataIntegrityViolationException.class)
			.isThrownBy(() -> shop.buyUnderLease(request, "book"));
		assertThat(pending()).isZero();
		assertThat(purchases()).containsExactly("book");
		shop.cancel("book");
		assertThat(shop.buy(request, "book")).startsWith("book ");
		untilDelivered();
		shop.cancel("book");
		shop.cancel("confirmed book");
		assertThat(shop.buyUnderLease(request, "book")).startsWith("book ");
		untilDelivered();
		assertThat(purchases()).containsExactlyInAnyOrder("book", "confirmed book");
	}

	@ParameterizedTest
	@EnumSource
	void aCallInATransactionOfJpaSharesItsFate(TestDatabase server) {
		Shop shop = start(server);
		TransactionTemplate outer = new TransactionTemplate(this.application.getBean(PlatformTransactionManager.class));
		outer.executeWithoutResult((status) -> {
			shop.buy("request", "book");
			status.setRollbackOnly();
		});
		assertThat(purchases()).isEmpty();
		String reply = outer.execute((status) -> shop.buy("request", "book"));
		assertThat(outer.<String>execute((status) -> shop.buy("request", "book"))).isEqualTo(reply);
		assertThat(shop.buy("request", "book")).isEqualTo(reply);
		untilDelivered();
		assertThat(purchases()).containsExactlyInAnyOrder("book", "confirmed book");
	}

	/**
	 * JPA's manager has no savepoints to which the business part could be rolled back.
	 */
	@ParameterizedTest
	@EnumSource
	void aFailureIsRememberedWithoutWhatItsCallHasDone(TestDatabase server) {
		Shop shop = start(server);
		for (int call = 0; call < 3; call++) {
			assertThatExceptionOfType(Shop.Refused.class).isThrownBy(() -> shop.refuse("request", "book"))
				.withMessageStartingWith("book ");
		}
		assertThat(shop.refusals()).isEqualTo(1);
		assertThat(pending()).isZero();
		assertThat(purchases()).isEmpty();
		TransactionTemplate outer = new TransactionTemplate(this.application.getBean(PlatformTransactionManager.class));
		assertThatExceptionOfType(IllegalTransactionStateException.class)
			.isThrownBy(() -> outer.executeWithoutResult((status) -> shop.refuse("another", "book")))
			.withMessageContaining("'refuse'")
			.withMessageContaining("rememberExceptions");
		assertThat(shop.refusals()).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource
	void aRollbackTakesTheMessageAlong(TestDatabase server) {
		Shop shop = start(server);
		assertThatIllegalStateException().isThrownBy(() -> shop.fail("book")).withMessage("changed our minds");
		assertThat(pending()).isZero();
		assertThat(purchases()).isEmpty();
		assertThatExceptionOfType(NoTransactionException.class)
			.isThrownBy(() -> this.application.getBean(Outbox.class).publish(new Shop.Bought("book")));
	}

	@ParameterizedTest
	@EnumSource
	void whatIsPublishedWhileTheCommitFlushesIsDelivered(TestDatabase server) {
		Shop shop = start(server);
		shop.reserve("book");
		untilDelivered();
		assertThat(purchases()).containsExactlyInAnyOrder("reserved book", "confirmed reserved book");
	}

	private void untilDelivered() {
		await().atMost(Duration.ofMinutes(1)).until(() -> pending() == 0);
	}

	private long pending() {
		return jdbc()
			.sql("SELECT (SELECT COUNT(*) FROM resilience_outbox) + (SELECT COUNT(*) FROM resilience_outbox_later)"
					+ " + (SELECT COUNT(*) FROM resilience_outbox_dead)")
			.query(Long.class)
			.single();
	}

	private List<String> purchases() {
		return jdbc().sql("SELECT reference FROM purchase").query(String.class).list();
	}

	private JdbcClient jdbc() {
		return this.application.getBean(JdbcClient.class);
	}

	private Shop start(TestDatabase server) {
		this.application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.properties("spring.datasource.url=" + server.createDatabase(),
					"spring.datasource.username=" + server.username(),
					"spring.datasource.password=" + server.password(), "spring.jpa.hibernate.ddl-auto=create",
					"resilience.jdbc.initialize-schema=always", "spring.main.banner-mode=off")
			.run();
		return this.application.getBean(Shop.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EntityScan
	@Import(Shop.class)
	static class Application {

	}

}
