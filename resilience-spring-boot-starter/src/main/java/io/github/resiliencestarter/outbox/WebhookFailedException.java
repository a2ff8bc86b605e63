package io.github.resiliencestarter.outbox;

/**
 * The receiver of a webhook could not take it this time.
 */
@SuppressWarnings("serial")
class WebhookFailedException extends RuntimeException {

	WebhookFailedException(String message) {
		super(message);
	}

}
