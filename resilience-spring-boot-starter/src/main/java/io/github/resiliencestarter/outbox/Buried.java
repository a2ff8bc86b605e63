package io.github.resiliencestarter.outbox;

/**
 * A message that is given up.
 *
 * @param message the message
 * @param handler the name of the handler that could not deliver it
 * @param attempts how many attempts it has used
 * @param error why
 */
public record Buried(StoredMessage message, String handler, int attempts, String error) {

}
