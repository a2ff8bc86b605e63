package io.github.resiliencestarter.web;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

import java.net.URI;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import io.github.resiliencestarter.deadline.Deadline;
import io.github.resiliencestarter.deadline.DeadlineExceededException;
import io.github.resiliencestarter.guard.MonotonicClock;
import io.github.resiliencestarter.guard.TimeBudget;
import io.github.resiliencestarter.timeout.CallTimeoutException;
import io.github.resiliencestarter.timeout.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Deadlines over real HTTP: Tomcat, and clients made by Boot's builder.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeadlineHttpTests {

	private final HttpClient http = HttpClient.newHttpClient();

	private ConfigurableApplicationContext context;

	private String url;

	@BeforeAll
	void start() {
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.SERVLET)
			.properties("server.port=0", "spring.main.banner-mode=off", "spring.task.execution.pool.core-size=1")
			.run();
		this.url = "http://localhost:" + this.context.getEnvironment().getProperty("local.server.port");
	}

	@AfterAll
	void stop() {
		this.context.getBean(CountDownLatch.class).countDown();
		this.context.close();
	}

	@Test
	void aRequestWithoutTheHeaderHasNoDeadline() throws Exception {
		assertThat(get("/remaining", null).body()).isEqualTo("none");
	}

	@Test
	void theHeaderOpensADeadline() throws Exception {
		assertThat(millis(get("/remaining", "60000").body())).isBetween(1L, 60000L);
		assertThat(get("/remaining", null).body()).as("the same thread's next request").isEqualTo("none");
	}

	@Test
	void theHeaderCannotLengthenADeadline() throws Exception {
		assertThat(millis(get("/limited", "3600000").body())).isBetween(1L, 60000L);
		assertThat(millis(get("/limited", "30000").body())).isBetween(1L, 30000L);
	}

	@Test
	void anAsynchronousDispatchHasWhatIsLeft() throws Exception {
		assertThat(get("/asynchronous", "60000").body()).containsPattern("\"whenWritten\":\"[0-9]{1,5}\"");
	}

	@Test
	void aCallableRunsWithWhatIsLeftAndLeavesNothingOnItsThread() throws Exception {
		assertThat(millis(get("/callable", "60000").body())).isBetween(1L, 60000L);
		assertThat(get("/callable", null).body()).as("the same thread's next task").isEqualTo("none");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0", "-5", "1.5", "5s", "abc", "1e3", "99999999999999999999", "10, 20" })
	void aBadHeaderIsRefusedWithAProblem(String value) throws Exception {
		HttpResponse<String> response = get("/remaining", value);
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(response.body()).contains("\"type\":\"urn:resilience:bad-timeout-header\"", "\"status\":400");
	}

	@Test
	void aClientPassesOnWhatIsLeftAndItGetsLess() {
		RestClient client = this.context.getBean(RestClient.Builder.class).baseUrl(this.url).build();
		long first = withDeadline(Duration.ofMinutes(1), () -> millis(text(client, "/forward")));
		assertThat(first).isBetween(1L, 60000L);
		String[] hops = withDeadline(Duration.ofMinutes(1), () -> text(client, "/hops")).split(" ");
		assertThat(Long.parseLong(hops[1])).isPositive().isLessThan(Long.parseLong(hops[0]));
	}

	@Test
	void aClientWithoutDeadlineSendsNoHeader() {
		RestClient client = this.context.getBean(RestClient.Builder.class).baseUrl(this.url).build();
		assertThat(text(client, "/forward")).isEqualTo("none");
	}

	@Test
	void nothingIsSentWhenNothingIsLeft() {
		RestClient client = this.context.getBean(RestClient.Builder.class).baseUrl(this.url).build();
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> withDeadline(Duration.ZERO, () -> text(client, "/remaining")))
			.withMessageContaining("was not sent");
	}

	@ParameterizedTest
	@CsvSource({ "jdk", "simple" })
	void aServerThatDoesNotAnswerHoldsTheClientNoLongerThanItsDeadline(String kind) {
		RestClient.Builder builder = RestClient.builder()
			.baseUrl(this.url)
			.requestFactory((kind.equals("jdk")) ? ClientHttpRequestFactoryBuilder.jdk().build()
					: ClientHttpRequestFactoryBuilder.simple().build());
		this.context.getBeanProvider(RestClientCustomizer.class)
			.orderedStream()
			.forEach((customizer) -> customizer.customize(builder));
		RestClient client = builder.build();
		// on a busy machine nothing may be left before it is sent
		Duration limit = Duration.ofMillis(100);
		Throwable failure = catchThrowable(() -> withDeadline(limit, () -> text(client, "/never")));
		for (int longer = 2; failure instanceof DeadlineExceededException; longer *= 2) {
			Duration more = limit.multipliedBy(longer);
			failure = catchThrowable(() -> withDeadline(more, () -> text(client, "/never")));
		}
		assertThat(failure).isInstanceOf(CallTimeoutException.class).hasMessageContaining("was not answered within");
	}

	private HttpResponse<String> get(String path, String timeout) throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(this.url + path));
		if (timeout != null) {
			request.header(DeadlineFilter.HEADER, timeout);
		}
		return this.http.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static String text(RestClient client, String path) {
		return Optional.ofNullable(client.get().uri(path).retrieve().body(String.class)).orElseThrow();
	}

	private static <T> T withDeadline(Duration limit, Callable<T> action) {
		TimeBudget budget = TimeBudget.ofThread();
		long previous = budget.shortenTo(MonotonicClock.system().nanoTime() + limit.toNanos());
		try {
			return action.call();
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			budget.restore(previous);
		}
	}

	private static long millis(String text) {
		return Long.parseLong(text);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
	static class Application {

		@Bean
		CountDownLatch answer() {
			return new CountDownLatch(1);
		}

		@Bean
		Dispatches dispatches(RestClient.Builder builder, CountDownLatch answer) {
			return new Dispatches(builder.build(), answer);
		}

	}

	@RestController
	public static class Dispatches {

		private final RestClient client;

		private final CountDownLatch answer;

		public Dispatches(RestClient client, CountDownLatch answer) {
			this.client = client;
			this.answer = answer;
		}

		@GetMapping("/remaining")
		public String left() {
			return Deadline.current().map((deadline) -> Long.toString(deadline.remaining().toMillis())).orElse("none");
		}

		@Timeout("1m")
		@GetMapping("/limited")
		public String limited() {
			return left();
		}

		@GetMapping("/forward")
		public String forward(@RequestHeader(name = DeadlineFilter.HEADER, required = false) String header) {
			return (header != null) ? header : "none";
		}

		@GetMapping("/hops")
		public String hops(@RequestHeader(DeadlineFilter.HEADER) String header,
				jakarta.servlet.http.HttpServletRequest request) throws InterruptedException {
			MonotonicClock.system().sleep(Duration.ofMillis(2).toNanos());
			String url = request.getRequestURL().toString().replace("/hops", "/forward");
			return header + " " + this.client.get().uri(url).retrieve().body(String.class);
		}

		@GetMapping("/never")
		public String never() throws InterruptedException {
			this.answer.await();
			return "at last";
		}

		@GetMapping("/asynchronous")
		public Callable<Late> asynchronous() {
			return Late::new;
		}

		@GetMapping("/callable")
		public Callable<String> callable() {
			return this::left;
		}

		/** Serialised after the asynchronous dispatch. */
		public final class Late {

			public String getWhenWritten() {
				return left();
			}

		}

	}

}
