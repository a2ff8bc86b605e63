package io.github.resiliencestarter.idempotency;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

import com.fasterxml.jackson.annotation.JsonProperty;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;

/**
 * Methods of every kind that a user would make idempotent. Each has one effect, a row.
 */
class OrderDesk {

	private final JdbcClient jdbc;

	private final Script script;

	private final AtomicLong numbers = new AtomicLong();

	OrderDesk(JdbcClient jdbc, Script script) {
		this.jdbc = jdbc;
		this.script = script;
	}

	@Idempotent(key = "#key", operation = "place")
	public Receipt place(String key, String sku) {
		return effect(key, sku);
	}

	@Idempotent(key = "#key", operation = "place-read-committed")
	@Transactional(isolation = Isolation.READ_COMMITTED)
	public Receipt placeReadCommitted(String key, String sku) {
		return effect(key, sku);
	}

	@Idempotent(key = "#key", operation = "place-repeatable-read")
	@Transactional(isolation = Isolation.REPEATABLE_READ)
	public Receipt placeRepeatableRead(String key, String sku) {
		return effect(key, sku);
	}

	@Idempotent(key = "#key", operation = "place-serializable")
	@Transactional(isolation = Isolation.SERIALIZABLE)
	public Receipt placeSerializable(String key, String sku) {
		return effect(key, sku);
	}

	@Idempotent(key = "#key", operation = "reject", onConcurrent = Idempotent.OnConcurrent.REJECT)
	public Receipt placeOrReject(String key, String sku) {
		return effect(key, sku);
	}

	@Idempotent(key = "#key", operation = "impatient", maxWait = "150ms")
	public Receipt placeImpatiently(String key, String sku) {
		return effect(key, sku);
	}

	@Idempotent(key = "#key", operation = "remember", rememberExceptions = SoldOut.class)
	@Transactional
	public Receipt placeRemembering(String key, String sku) {
		return effect(key, sku);
	}

	@Idempotent(key = "#key", operation = "commit-on")
	@Transactional(noRollbackFor = SoldOut.class)
	public Receipt placeCommittingSoldOut(String key, String sku) {
		return effect(key, sku);
	}

	@Idempotent(key = "#key", operation = "rollback-only")
	@Transactional
	public Receipt placeRollbackOnly(String key, String sku) {
		Receipt receipt = effect(key, sku);
		TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
		return receipt;
	}

	@Idempotent(key = "#key", operation = "checked")
	public Receipt placeChecked(String key) throws IOException {
		effect(key, key);
		throw new IOException("disk");
	}

	@Idempotent(key = "#key", operation = "short", ttl = "1h", retention = "2h")
	public Receipt placeShortLived(String key) {
		return effect(key, key);
	}

	@Idempotent(key = "#key", operation = "leased", mode = Idempotent.Mode.LEASED)
	public Receipt charge(String key, String sku) {
		return effect(key, sku);
	}

	@Idempotent(key = "#key", operation = "nothing")
	public void nothing(String key) {
		effect(key, key);
	}

	@Idempotent(key = "#key", operation = "null")
	public Receipt nullReply(String key) {
		effect(key, key);
		return null;
	}

	@Idempotent(key = "#key", operation = "number")
	public int number(String key) {
		return (int) effect(key, key).number();
	}

	@Idempotent(key = "#key", operation = "bytes")
	public byte[] bytes(String key) {
		effect(key, key);
		return new byte[] { 1, -1, 0 };
	}

	@Idempotent(key = "#key", operation = "maybe")
	public Optional<Receipt> maybe(String key, boolean there) {
		Receipt receipt = effect(key, key);
		return there ? Optional.of(receipt) : Optional.empty();
	}

	@Idempotent(key = "#key", operation = "many")
	public Map<String, List<Receipt>> many(String key) {
		return Map.of("receipts", List.of(effect(key, key)));
	}

	@Idempotent(key = "#key", operation = "untyped")
	public Object untyped(String key) {
		Receipt receipt = effect(key, key);
		return new TreeMap<>(Map.of("number", receipt.number(), "price", receipt.price()));
	}

	@Idempotent(key = "#key", operation = "read-only")
	public ReadOnly readOnly(String key) {
		effect(key, key);
		return new ReadOnly("generated");
	}

	@Idempotent(key = "#key", operation = "big")
	public String big(String key) {
		effect(key, key);
		return "x".repeat(2_000_000);
	}

	@Idempotent(key = "#key", operation = "opaque")
	public Receipt opaque(String key, Object argument) {
		return effect(key, key);
	}

	@Idempotent(key = "#key", operation = "unwritable")
	public Object unwritable(String key) {
		effect(key, key);
		return new Unwritable();
	}

	@Idempotent
	public Receipt keyless(String sku) {
		return effect(sku, sku);
	}

	private Receipt effect(String key, String sku) {
		this.jdbc.sql("INSERT INTO effects (name) VALUES (?)").param(key).update();
		try {
			this.script.play();
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		return new Receipt(this.numbers.incrementAndGet(), sku, new BigDecimal("1.10"));
	}

	record Receipt(long number, String sku, BigDecimal price) {
	}

	record ReadOnly(@JsonProperty(access = JsonProperty.Access.READ_ONLY) String id) {
	}

	static final class Unwritable {

		public Unwritable getSelf() {
			return this;
		}

	}

	@SuppressWarnings("serial")
	static class SoldOut extends RuntimeException {

		SoldOut(String sku) {
			super("Sold out: " + sku);
		}

	}

}
