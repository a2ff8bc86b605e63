package io.github.resiliencestarter.outbox;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ShardRotation}.
 */
class ShardRotationTests {

	@Test
	void aFewInARowGoToOneShardAndAllShardsGetTheSame() {
		ShardRotation rotation = new ShardRotation();
		List<Integer> chosen = IntStream.range(0, 8 * 64 * 2).mapToObj((message) -> rotation.next(64)).toList();
		for (int shard = 0; shard < 64; shard++) {
			int each = shard;
			assertThat(chosen.stream().filter((other) -> other == each)).hasSize(16);
		}
		long changes = IntStream.range(1, chosen.size())
			.filter((message) -> !chosen.get(message).equals(chosen.get(message - 1)))
			.count();
		assertThat(changes).isBetween(127L, 128L);
	}

}
