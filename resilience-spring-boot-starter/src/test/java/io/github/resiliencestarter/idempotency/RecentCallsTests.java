package io.github.resiliencestarter.idempotency;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RecentCallsTests {

	private final RecentCalls recent = new RecentCalls();

	@Test
	void tenThousandKeysAreAllKnownAndOthersAreNot() {
		ids().limit(10_000).forEach(this.recent::add);
		assertThat(ids().limit(10_000)).allMatch(this.recent::mayKnow);
		assertThat(ids().skip(10_000).limit(10_000)).noneMatch(this.recent::mayKnow);
	}

	@Test
	void ofKeysThatShareASetTheOldestIsForgotten() {
		List<IdempotencyId> sharing = ids().filter((id) -> set(id) == 0).limit(9).toList();
		sharing.subList(0, 8).forEach(this.recent::add);
		assertThat(sharing.subList(0, 8)).allMatch(this.recent::mayKnow);
		this.recent.add(sharing.get(8));
		assertThat(this.recent.mayKnow(sharing.get(0))).isFalse();
		assertThat(sharing.subList(1, 9)).allMatch(this.recent::mayKnow);
	}

	private static Stream<IdempotencyId> ids() {
		return IntStream.iterate(0, (number) -> number + 1)
			.mapToObj((number) -> IdempotencyId.of("orders", null, "key-" + number));
	}

	private static long set(IdempotencyId id) {
		return ByteBuffer.wrap(id.bytes()).getLong() & 8191;
	}

}
