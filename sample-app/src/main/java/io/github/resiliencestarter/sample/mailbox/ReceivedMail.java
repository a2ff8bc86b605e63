package io.github.resiliencestarter.sample.mailbox;

import java.time.Instant;

/**
 * An e-mail that reached the SMTP server.
 *
 * @param to its recipient
 * @param subject its subject
 * @param messageId its {@code Message-ID}, the same when one e-mail is sent again
 * @param receivedAt when the server took it
 */
record ReceivedMail(String to, String subject, String messageId, Instant receivedAt) {

}
