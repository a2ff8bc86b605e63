package io.github.resiliencestarter.jpa;

import io.github.resiliencestarter.outbox.Outbox;
import jakarta.persistence.PostPersist;

import org.springframework.beans.factory.ObjectProvider;

/**
 * Publishes from within the flush, as entity listeners do.
 */
class Reservations {

	static final String PREFIX = "reserved ";

	private final ObjectProvider<Outbox> outbox;

	Reservations(ObjectProvider<Outbox> outbox) {
		this.outbox = outbox;
	}

	@PostPersist
	void inserted(Purchase purchase) {
		if (purchase.reference().startsWith(PREFIX)) {
			this.outbox.getObject().publish(new Shop.Bought(purchase.reference()));
		}
	}

}
