package io.github.resiliencestarter.benchmarks.guards;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import io.github.resiliencestarter.benchmarks.guards.annotated.Resilience4j;
import io.github.resiliencestarter.benchmarks.guards.annotated.Starter;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import tools.jackson.databind.json.JsonMapper;

/**
 * Counts the exceptions that are created while an open breaker rejects calls for which a
 * fallback answers: Flight Recorder reports the constructor of every {@code Throwable}.
 */
final class ExceptionCensus {

	private static final int CALLS = 1000;

	private ExceptionCensus() {
	}

	static void take(Path result) throws IOException {
		Starter starter = new Starter();
		starter.start();
		Resilience4j resilience4j = new Resilience4j();
		resilience4j.start();
		Map<String, Double> exceptions = new LinkedHashMap<>();
		exceptions.put("Starter", forEachCall(starter::openBreaker));
		exceptions.put("Resilience4j", forEachCall(resilience4j::openBreaker));
		starter.close();
		resilience4j.close();
		Files.writeString(result, JsonMapper.shared().writeValueAsString(exceptions));
	}

	private static double forEachCall(Supplier<String> call) throws IOException {
		call.get();
		Path file = Files.createTempFile("exceptions", ".jfr");
		try (Recording recording = new Recording()) {
			recording.enable("jdk.JavaExceptionThrow").withoutThreshold().withoutStackTrace();
			recording.start();
			for (int i = 0; i < CALLS; i++) {
				call.get();
			}
			recording.stop();
			recording.dump(file);
			return created(file) / (double) CALLS;
		}
		finally {
			Files.delete(file);
		}
	}

	private static long created(Path file) throws IOException {
		String thisThread = Thread.currentThread().getName();
		return RecordingFile.readAllEvents(file)
			.stream()
			.filter((event) -> event.getEventType().getName().equals("jdk.JavaExceptionThrow"))
			.filter((event) -> event.getThread().getJavaName().equals(thisThread))
			.count();
	}

}
