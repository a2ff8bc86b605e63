package io.github.resiliencestarter.outbox;

import java.util.List;
import java.util.Set;

/**
 * What came of an {@link Exchange}.
 *
 * @param lost shards whose lease was gone: nothing about them was changed or fetched
 * @param fetched messages in the order of their ids within each shard
 * @param due messages whose time has come
 * @param nextDueMillis in how many milliseconds the next waiting message is due,
 * {@link Long#MAX_VALUE} if none is or none was asked for
 */
public record Exchanged(Set<Integer> lost, List<StoredMessage> fetched, List<StoredMessage> due, long nextDueMillis) {

}
