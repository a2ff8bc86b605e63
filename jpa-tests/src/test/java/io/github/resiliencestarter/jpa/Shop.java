package io.github.resiliencestarter.jpa;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.resiliencestarter.idempotency.Idempotent;
import io.github.resiliencestarter.outbox.Outbox;
import io.github.resiliencestarter.outbox.OutboxHandler;
import jakarta.persistence.EntityManager;

import org.springframework.transaction.annotation.Transactional;

class Shop {

	private final EntityManager entities;

	private final Outbox outbox;

	private final AtomicInteger refusals = new AtomicInteger();

	Shop(EntityManager entities, Outbox outbox) {
		this.entities = entities;
		this.outbox = outbox;
	}

	@Idempotent(key = "#request", operation = "buy")
	public String buy(String request, String reference) {
		return store(reference);
	}

	@Transactional
	@Idempotent(key = "#request", operation = "buy-leased", mode = Idempotent.Mode.LEASED)
	public String buyUnderLease(String request, String reference) {
		return store(reference);
	}

	@Idempotent(key = "#request", operation = "refuse", rememberExceptions = Refused.class)
	public String refuse(String request, String reference) {
		this.refusals.incrementAndGet();
		throw new Refused(store(reference));
	}

	int refusals() {
		return this.refusals.get();
	}

	private String store(String reference) {
		this.entities.persist(new Purchase(reference));
		this.outbox.publish(new Bought(reference));
		return reference + " " + UUID.randomUUID();
	}

	@Transactional
	public void reserve(String reference) {
		this.entities.persist(new Purchase(Reservations.PREFIX + reference));
	}

	@Transactional
	public void fail(String reference) {
		store(reference);
		throw new IllegalStateException("changed our minds");
	}

	@Transactional
	public void cancel(String reference) {
		this.entities.remove(this.entities.find(Purchase.class, reference));
	}

	@OutboxHandler
	@Transactional
	public void confirm(Bought bought) {
		Purchase purchase = this.entities.find(Purchase.class, bought.reference());
		this.entities.persist(new Purchase("confirmed " + purchase.reference()));
	}

	static class Refused extends RuntimeException {

		private static final long serialVersionUID = 1;

		Refused(String message) {
			super(message);
		}

	}

	record Bought(String reference) {
	}

}
