package io.github.resiliencestarter.timeout;

/**
 * What a method's time-out has seen since the start. Attempts are counted like calls
 * where only attempts have a limit.
 *
 * @param name the instance's name, such as {@code OrderService.place}
 * @param success how many calls ended within their limit, with a result or an exception
 * @param timeout how many time-outs callers and retries have seen
 * @param leftBehind how many calls of mode {@code OFFLOAD} run at this moment although
 * their callers were released
 */
public record TimeoutSnapshot(String name, long success, long timeout, long leftBehind) {

}
