package io.github.resiliencestarter.outbox;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.resiliencestarter.Patience;
import io.github.resiliencestarter.jdbc.TestDatabase;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Contexts are stopped and started again: Spring's test framework does it with each that
 * it caches.
 */
class OutboxRestartTests {

	@Test
	void aContextThatWasStoppedDeliversAgainWhenItIsStarted() throws InterruptedException {
		TestDatabase server = TestDatabase.H2;
		try (OutboxApplication application = OutboxApplication.start(server, server.createDatabase(), Beans.class)) {
			Notes notes = application.bean(Notes.class);
			OutboxRelay relay = application.bean(OutboxRelay.class);
			relay.stop();
			application.inTransaction(() -> application.outbox().publish(new Note("while stopped")));
			relay.start();
			assertThat(notes.received.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
				.isEqualTo(new Note("while stopped"));
			application.inTransaction(() -> application.outbox().publish(new Note("afterwards")));
			assertThat(notes.received.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
				.isEqualTo(new Note("afterwards"));
		}
	}

	public record Note(String text) {

	}

	public static class Notes {

		final BlockingQueue<Note> received = new LinkedBlockingQueue<>();

		@OutboxHandler
		public void take(Note note) {
			this.received.add(note);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Beans {

		@Bean
		Notes notes() {
			return new Notes();
		}

	}

}
