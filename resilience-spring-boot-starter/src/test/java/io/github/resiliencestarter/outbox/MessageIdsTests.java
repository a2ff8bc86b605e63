package io.github.resiliencestarter.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The ids of messages.
 */
class MessageIdsTests {

	@Test
	void idsAreRandomUuids() {
		MessageIds ids = new MessageIds();
		for (int i = 0; i < 200; i++) {
			String text = ids.next();
			UUID id = UUID.fromString(text);
			assertThat(id.version()).isEqualTo(4);
			assertThat(id.variant()).isEqualTo(2);
			assertThat(text).isEqualTo(id.toString()).hasSize(36);
		}
	}

	@Test
	void noTwoThreadsGetTheSame() {
		MessageIds ids = new MessageIds();
		List<List<String>> drawn = IntStream.range(0, 4).parallel().mapToObj((thread) -> {
			List<String> own = new ArrayList<>();
			for (int i = 0; i < 20_000; i++) {
				own.add(ids.next());
			}
			return own;
		}).toList();
		assertThat(drawn.stream().flatMap(List::stream)).hasSize(80_000).doesNotHaveDuplicates();
	}

}
