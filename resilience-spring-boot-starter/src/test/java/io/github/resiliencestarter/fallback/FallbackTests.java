package io.github.resiliencestarter.fallback;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.resiliencestarter.guard.GuardAutoConfiguration;
import io.github.resiliencestarter.guard.InvalidGuardException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.annotation.AliasFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Fallback}.
 */
class FallbackTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(GuardAutoConfiguration.class, FallbackAutoConfiguration.class, AopAutoConfiguration.class));

	@Test
	void theMostSpecificThrowableAnswersThenTheMethodWithoutOne() {
		with(Candidates.class, (bean) -> {
			assertThat(bean.call(new FileNotFoundException("x"))).isEqualTo("io x");
			assertThat(bean.call(new IllegalArgumentException("y"))).isEqualTo("runtime y");
			assertThat(bean.call(new Exception("z"))).isEqualTo("any");
			assertThat(bean.call(null)).isEqualTo("live");
		});
	}

	@Test
	void aFailureThatNoCandidateTakesReachesTheCaller() {
		with(OnlyIo.class, (bean) -> {
			assertThat(bean.call(new IOException("x"))).isEqualTo("io");
			assertThatIllegalStateException().isThrownBy(() -> bean.call(new IllegalStateException("y")));
		});
	}

	@Test
	void errorsAreNotAnsweredUnlessNamed() {
		with(Candidates.class, (bean) -> assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> bean.call(new AssertionError("e"))));
		with(Errors.class, (bean) -> {
			assertThat(bean.call(new AssertionError("e"))).isEqualTo("error e");
			assertThatIllegalStateException().isThrownBy(() -> bean.call(new IllegalStateException("y")));
		});
	}

	@Test
	void anErrorInAnEnvelopeIsStillAnError() {
		with(Candidates.class, (bean) -> assertThatExceptionOfType(ExecutionException.class)
			.isThrownBy(() -> bean.call(new ExecutionException(new OutOfMemoryError("e")))));
	}

	@Test
	void theFallbackSeesTheCauseAndNotItsEnvelope() {
		with(Candidates.class,
				(bean) -> assertThat(
						bean.call(new CompletionException(new ExecutionException(new FileNotFoundException("x")))))
					.isEqualTo("io x"));
	}

	@Test
	void anExceptionOfTheFallbackReachesTheCallerUnchanged() {
		with(Failing.class,
				(bean) -> assertThatExceptionOfType(IOException.class).isThrownBy(bean::call)
					.isSameAs(bean.thrown())
					.satisfies((ex) -> assertThat(ex.getSuppressed()).isEmpty()));
	}

	@Test
	void fallbacksOfEverySignatureAreFound() {
		with(Signatures.class, (bean) -> {
			assertThat(bean.varargs("a", "b", "c")).isEqualTo("varargs 2");
			assertThat(bean.primitive(4)).isEqualTo(5);
			bean.nothing();
			assertThat(bean.log()).containsExactly("nothing");
			assertThat(bean.inherited("a")).isEqualTo("inherited a");
			assertThat(bean.privateInherited("a")).isEqualTo("private inherited a");
			assertThat(bean.interfaceDefault("a")).isEqualTo("default a");
			assertThat(bean.shared("a")).isEqualTo("static a");
			assertThat(bean.<Integer>genericMethod(7)).isEqualTo(7);
			assertThat(bean.overload("a")).isEqualTo("overload a boom");
		});
	}

	@Test
	void genericAndBridgedMethodsFindTheirFallback() {
		with(StringRepository.class, (bean) -> {
			assertThat(bean.find("a")).isEqualTo("fallback a");
			Repository<String> asInterface = bean;
			assertThat(asInterface.find("b")).isEqualTo("fallback b");
			assertThat(bean.all("c")).containsExactly("base c");
			assertThat(bean.one("d")).isEqualTo("generic d");
		});
	}

	@Test
	void anInterfaceNamesAFallbackOfItsImplementationBehindAJdkProxy() {
		this.runner.withPropertyValues("spring.aop.proxy-target-class=false")
			.withBean(Implementation.class)
			.run((context) -> {
				assertThat(context.getBeansOfType(Implementation.class)).isEmpty();
				assertThat(context.getBean(Api.class).get("a")).isEqualTo("private a");
			});
	}

	@Test
	void aClassLevelOrComposedAnnotationAnswersForItsMethodsButNotForTheFallback() {
		with(OnClass.class, (bean) -> {
			assertThat(bean.one()).isEqualTo("answer");
			assertThat(bean.two()).isEqualTo("answer");
			assertThatIllegalStateException().isThrownBy(bean::failAsFallback);
		});
		with(Composed.class, (bean) -> assertThat(bean.call()).isEqualTo("composed"));
	}

	@Test
	void aPrivateFallbackSeesTheFieldsOfTheBeanAndNotThoseOfItsProxy() {
		with(WithField.class, (bean) -> assertThat(bean.call()).isEqualTo("from the field"));
	}

	@Test
	@Tag("stress")
	void aPrivateFallbackNeverFailsUnderEightThreads() throws Exception {
		this.runner.withBean(Candidates.class).run((context) -> {
			Candidates bean = context.getBean(Candidates.class);
			ExecutorService threads = Executors.newFixedThreadPool(8);
			CountDownLatch start = new CountDownLatch(1);
			List<Future<Integer>> wrong = new ArrayList<>();
			for (int thread = 0; thread < 8; thread++) {
				wrong.add(threads.submit(() -> {
					start.await();
					int failures = 0;
					for (int call = 0; call < 20_000; call++) {
						failures += "any".equals(bean.call(new Exception("z"))) ? 0 : 1;
					}
					return failures;
				}));
			}
			start.countDown();
			for (Future<Integer> failures : wrong) {
				assertThat(failures.get()).isZero();
			}
			threads.shutdown();
		});
	}

	@Test
	void aStageIsAnsweredForWhenItFailsOrNeverCameToBe() {
		with(Stages.class, (bean) -> {
			CompletableFuture<String> result = bean.call(null);
			bean.source().completeExceptionally(new IOException("late"));
			assertThat(result).isCompletedWithValue("stage late");
			assertThat(bean.call(new IOException("early"))).isCompletedWithValue("stage early");
			assertThat(bean.call(new AssertionError("error"))).isCompletedExceptionally();
		});
	}

	@Test
	void cancellingAnAnsweredStageCancelsItsSourceAndAnswersNothing() {
		with(Stages.class, (bean) -> {
			CompletableFuture<String> result = bean.call(null);
			result.cancel(true);
			assertThat(bean.source()).isCancelled();
			assertThatExceptionOfType(CancellationException.class).isThrownBy(result::join);
			assertThat(bean.answers()).hasValue(0);
		});
	}

	@Test
	void publishersAreAnsweredForAtEverySubscription() {
		with(Publishers.class, (bean) -> {
			Mono<String> mono = bean.mono();
			StepVerifier.create(mono).expectNext("mono 1").verifyComplete();
			StepVerifier.create(mono).expectNext("mono 2").verifyComplete();
			StepVerifier.create(bean.flux()).expectNext("live", "flux").verifyComplete();
			StepVerifier.create(bean.early()).expectNext("early").verifyComplete();
			StepVerifier.create(bean.failing()).verifyErrorMessage("from fallback");
		});
	}

	@Test
	void switchedOffByPropertyNothingAnswers() {
		this.runner.withPropertyValues("resilience.fallback.enabled=false")
			.withBean(OnlyIo.class)
			.run((context) -> assertThatExceptionOfType(IOException.class)
				.isThrownBy(() -> context.getBean(OnlyIo.class).call(new IOException("x"))));
	}

	@Test
	void aMissingFallbackStopsTheStartUpAndSaysWhichSignatureIsWanted() {
		assertStops(Missing.class, "Missing.call(String,int)", "value = \"absent\"",
				"java.lang.String absent(java.lang.String, int)");
	}

	@Test
	void otherParametersStopTheStartUp() {
		assertStops(OtherParameters.class, "OtherParameters.call(String)", "no method of this name has the parameters");
	}

	@Test
	void anotherReturnTypeStopsTheStartUp() {
		assertStops(OtherReturn.class, "OtherReturn.call()", "answer() returns int");
		assertStops(OtherElement.class, "OtherElement.call()", "answer() returns java.util.List<java.lang.Integer>");
		assertStops(VoidReturn.class, "VoidReturn.call()", "answer() returns void");
	}

	@Test
	void aCheckedExceptionThatTheMethodDoesNotDeclareStopsTheStartUp() {
		assertStops(Undeclared.class, "Undeclared.call()", "answer(Exception) declares java.io.IOException");
		assertStops(DeclaresAnother.class, "DeclaresAnother.call()",
				"answer() declares java.util.concurrent.TimeoutException");
	}

	@Test
	void ofTwoThrowablesTheSubclassIsMoreSpecific() {
		FallbackMethod none = taking(null);
		FallbackMethod exception = taking(Exception.class);
		FallbackMethod runtimeException = taking(RuntimeException.class);
		FallbackMethod ioException = taking(IOException.class);
		assertThat(exception.isMoreSpecificThan(none)).isTrue();
		assertThat(none.isMoreSpecificThan(exception)).isFalse();
		assertThat(none.isMoreSpecificThan(none)).isFalse();
		assertThat(runtimeException.isMoreSpecificThan(exception)).isTrue();
		assertThat(exception.isMoreSpecificThan(runtimeException)).isFalse();
		assertThat(exception.isMoreSpecificThan(exception)).isFalse();
		assertThat(ioException.isMoreSpecificThan(runtimeException)).isFalse();
	}

	private static FallbackMethod taking(@Nullable Class<?> failure) {
		return new FallbackMethod(MethodHandles.identity(Object.class), failure);
	}

	@Test
	void aCheckedExceptionThatTheMethodDeclaresReachesTheCaller() {
		with(Declared.class, (bean) -> assertThatExceptionOfType(FileNotFoundException.class).isThrownBy(bean::call));
		with(LaterUndeclared.class,
				(bean) -> assertThat(bean.call()).failsWithin(Duration.ZERO)
					.withThrowableThat()
					.withCauseInstanceOf(IOException.class));
	}

	@Test
	void aMethodThatNamesItselfStopsTheStartUp() {
		assertStops(Itself.class, "Itself.call()", "has no method of this name");
	}

	private void assertStops(Class<?> type, String... messages) {
		this.runner.withBean(type)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidGuardException.class)
				.hasMessageContainingAll(messages));
	}

	private <T> void with(Class<T> type, Check<T> check) {
		this.runner.withBean(type).run((context) -> check.run(context.getBean(type)));
	}

	private static void raise(@Nullable Throwable failure) throws Exception {
		if (failure instanceof Error error) {
			throw error;
		}
		if (failure instanceof Exception exception) {
			throw exception;
		}
	}

	interface Check<T> {

		void run(T bean) throws Exception;

	}

	static class Candidates {

		@Fallback("answer")
		public String call(@Nullable Throwable failure) throws Exception {
			raise(failure);
			return "live";
		}

		private String answer(@Nullable Throwable failure) {
			return "any";
		}

		private String answer(@Nullable Throwable failure, RuntimeException cause) {
			return "runtime " + cause.getMessage();
		}

		private String answer(@Nullable Throwable failure, IOException cause) {
			return "io " + cause.getMessage();
		}

	}

	static class OnlyIo {

		@Fallback("answer")
		public String call(Throwable failure) throws Exception {
			raise(failure);
			return "live";
		}

		private String answer(Throwable failure, IOException cause) {
			return "io";
		}

	}

	static class Errors {

		@Fallback(value = "answer", on = AssertionError.class)
		public String call(Throwable failure) throws Exception {
			raise(failure);
			return "live";
		}

		private String answer(Throwable failure, Throwable cause) {
			return "error " + cause.getMessage();
		}

	}

	static class Failing {

		private final IOException thrown = new IOException("from the fallback");

		IOException thrown() {
			return this.thrown;
		}

		@Fallback("answer")
		public String call() throws IOException {
			throw new IllegalStateException("from the method");
		}

		private String answer() throws IOException {
			throw this.thrown;
		}

	}

	interface Defaults {

		default String defaultAnswer(String text) {
			return "default " + text;
		}

	}

	static class Base {

		protected String baseAnswer(String text) {
			return "inherited " + text;
		}

		private String hiddenAnswer(String text) {
			return "private inherited " + text;
		}

	}

	static class Signatures extends Base implements Defaults {

		private final List<String> log = new ArrayList<>();

		List<String> log() {
			return this.log;
		}

		@Fallback("varargsAnswer")
		public String varargs(String first, String... rest) {
			throw new IllegalStateException("boom");
		}

		private String varargsAnswer(String first, String... rest) {
			return "varargs " + rest.length;
		}

		@Fallback("primitiveAnswer")
		public int primitive(int number) {
			throw new IllegalStateException("boom");
		}

		private int primitiveAnswer(int number) {
			return number + 1;
		}

		@Fallback("nothingAnswer")
		public void nothing() {
			throw new IllegalStateException("boom");
		}

		private void nothingAnswer() {
			this.log.add("nothing");
		}

		@Fallback("baseAnswer")
		public String inherited(String text) {
			throw new IllegalStateException("boom");
		}

		@Fallback("hiddenAnswer")
		public String privateInherited(String text) {
			throw new IllegalStateException("boom");
		}

		@Fallback("defaultAnswer")
		public String interfaceDefault(String text) {
			throw new IllegalStateException("boom");
		}

		@Fallback("sharedAnswer")
		public String shared(String text) {
			throw new IllegalStateException("boom");
		}

		private static String sharedAnswer(String text) {
			return "static " + text;
		}

		@Fallback("genericAnswer")
		public <T extends Number> T genericMethod(T number) {
			throw new IllegalStateException("boom");
		}

		private <T extends Number> T genericAnswer(T number) {
			return number;
		}

		@Fallback("overload")
		public String overload(String text) {
			throw new IllegalStateException("boom");
		}

		private String overload(String text, Throwable failure) {
			return "overload " + text + " " + failure.getMessage();
		}

	}

	interface Repository<K> {

		K find(K key);

	}

	abstract static class BaseRepository<K> implements Repository<K> {

		protected List<K> allAnswer(K key) {
			throw new UnsupportedOperationException();
		}

		private String oneAnswer(K key) {
			return "generic " + key;
		}

	}

	static class StringRepository extends BaseRepository<String> {

		@Override
		@Fallback("findAnswer")
		public String find(String key) {
			throw new IllegalStateException("boom");
		}

		private String findAnswer(String key) {
			return "fallback " + key;
		}

		@Fallback("oneAnswer")
		public String one(String key) {
			throw new IllegalStateException("boom");
		}

		@Fallback("allAnswer")
		public List<String> all(String key) {
			throw new IllegalStateException("boom");
		}

		@Override
		protected List<String> allAnswer(String key) {
			return List.of("base " + key);
		}

	}

	interface Api {

		@Fallback("answer")
		String get(String text);

	}

	static class Implementation implements Api {

		@Override
		public String get(String text) {
			throw new IllegalStateException("boom");
		}

		private String answer(String text) {
			return "private " + text;
		}

	}

	@Fallback("answer")
	static class OnClass {

		public String one() {
			throw new IllegalStateException("boom");
		}

		public String two() {
			throw new IllegalStateException("boom");
		}

		public String answer() {
			return "answer";
		}

		public String answer(String text) {
			throw new IllegalStateException("not answered for");
		}

		String failAsFallback() {
			return answer("a");
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@Fallback("")
	@interface Answered {

		@AliasFor(annotation = Fallback.class, attribute = "value")
		String by();

	}

	static class Composed {

		@Answered(by = "answer")
		public String call() {
			throw new IllegalStateException("boom");
		}

		private String answer() {
			return "composed";
		}

	}

	static class Stages {

		private final CompletableFuture<String> source = new CompletableFuture<>();

		private final AtomicInteger answers = new AtomicInteger();

		CompletableFuture<String> source() {
			return this.source;
		}

		AtomicInteger answers() {
			return this.answers;
		}

		@Fallback("answer")
		public CompletableFuture<String> call(@Nullable Throwable failure) throws Exception {
			raise(failure);
			return this.source;
		}

		private CompletionStage<String> answer(@Nullable Throwable failure, Exception cause) {
			this.answers.incrementAndGet();
			return CompletableFuture.completedStage("stage " + cause.getMessage());
		}

	}

	static class Publishers {

		private final AtomicInteger answers = new AtomicInteger();

		@Fallback("monoAnswer")
		public Mono<String> mono() {
			return Mono.error(new IOException("boom"));
		}

		private Mono<String> monoAnswer() {
			return Mono.just("mono " + this.answers.incrementAndGet());
		}

		@Fallback("fluxAnswer")
		public Flux<String> flux() {
			return Flux.concat(Flux.just("live"), Flux.error(new IOException("boom")));
		}

		private Flux<String> fluxAnswer(IOException cause) {
			return Flux.just("flux");
		}

		@Fallback("earlyAnswer")
		public Mono<String> early() {
			throw new IllegalStateException("boom");
		}

		private Mono<String> earlyAnswer() {
			return Mono.just("early");
		}

		@Fallback("failingAnswer")
		public Flux<String> failing() {
			return Flux.error(new IOException("boom"));
		}

		private Flux<String> failingAnswer() {
			throw new IllegalStateException("from fallback");
		}

	}

	static class WithField {

		private final String text = new String("from the field");

		@Fallback("answer")
		public String call() {
			throw new IllegalStateException("boom");
		}

		private String answer() {
			return this.text;
		}

	}

	static class Missing {

		@Fallback("absent")
		public String call(String text, int number) {
			return text;
		}

	}

	static class OtherParameters {

		@Fallback("answer")
		public String call(String text) {
			return text;
		}

		private String answer(int text) {
			return "";
		}

		private String answer(String text, String cause) {
			return "";
		}

	}

	static class OtherReturn {

		@Fallback("answer")
		public String call() {
			return "";
		}

		private int answer() {
			return 0;
		}

	}

	static class OtherElement {

		@Fallback("answer")
		public List<String> call() {
			return List.of();
		}

		private List<Integer> answer() {
			return List.of();
		}

	}

	static class VoidReturn {

		@Fallback("answer")
		public String call() {
			return "";
		}

		private void answer() {
		}

	}

	static class Itself {

		@Fallback("call")
		public String call() {
			return "";
		}

	}

	static class Undeclared {

		@Fallback("answer")
		public String call() {
			throw new IllegalStateException("down");
		}

		private String answer() {
			return "fallback";
		}

		private String answer(Exception cause) throws IllegalStateException, IOException {
			throw new IOException(cause);
		}

	}

	static class DeclaresAnother {

		@Fallback("answer")
		public String call() throws IOException {
			throw new IllegalStateException("down");
		}

		private String answer() throws TimeoutException {
			throw new TimeoutException("neither");
		}

	}

	static class Declared {

		@Fallback("answer")
		public String call() throws IOException {
			throw new IllegalStateException("down");
		}

		private String answer() throws FileNotFoundException {
			throw new FileNotFoundException("neither");
		}

	}

	static class LaterUndeclared {

		@Fallback("answer")
		public CompletableFuture<String> call() {
			return CompletableFuture.failedFuture(new IllegalStateException("down"));
		}

		private CompletableFuture<String> answer() throws IOException {
			throw new IOException("neither");
		}

	}

}
