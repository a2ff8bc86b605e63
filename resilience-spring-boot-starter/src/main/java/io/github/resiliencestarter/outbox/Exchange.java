package io.github.resiliencestarter.outbox;

import java.util.List;
import java.util.Set;

/**
 * One short transaction of the relay: settle what has ended, record what is under way,
 * fetch what comes next.
 *
 * @param owner the instance
 * @param turns the shards that take part, each once
 * @param parked messages that are delivered later
 * @param buried messages that are given up
 * @param types the types of which messages without a key are wanted; those with a key are
 * fetched whatever their type, because they hold back their successors
 * @param due how many messages to fetch whose time has come, 0 for none
 * @param suspects how many of them may have outlived an owner
 */
public record Exchange(String owner, List<ShardTurn> turns, List<Parked> parked, List<Buried> buried, Set<String> types,
		int due, int suspects) {

}
