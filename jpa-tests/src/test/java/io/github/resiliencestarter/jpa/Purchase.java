package io.github.resiliencestarter.jpa;

import jakarta.persistence.Entity;
import jakarta.persistence.EntityListeners;
import jakarta.persistence.Id;

/**
 * Has its id from the start, so that nothing is inserted before the persistence context
 * is flushed: in the commit.
 */
@Entity
@EntityListeners(Reservations.class)
class Purchase {

	@Id
	private String reference;

	protected Purchase() {
	}

	Purchase(String reference) {
		this.reference = reference;
	}

	String reference() {
		return this.reference;
	}

}
