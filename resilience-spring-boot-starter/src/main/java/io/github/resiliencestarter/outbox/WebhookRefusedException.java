package io.github.resiliencestarter.outbox;

/**
 * The receiver of a webhook refused it for good: no attempt can help.
 */
@SuppressWarnings("serial")
class WebhookRefusedException extends RuntimeException {

	WebhookRefusedException(String message) {
		super(message);
	}

}
