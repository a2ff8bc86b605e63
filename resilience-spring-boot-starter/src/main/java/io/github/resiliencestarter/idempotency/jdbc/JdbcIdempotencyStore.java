package io.github.resiliencestarter.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.Optional;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.IllegalTransactionStateException;

import io.github.resiliencestarter.idempotency.Claim;
import io.github.resiliencestarter.idempotency.ClaimRequest;
import io.github.resiliencestarter.idempotency.IdempotencyId;
import io.github.resiliencestarter.idempotency.IdempotencyStore;
import io.github.resiliencestarter.idempotency.StoredCall;
import io.github.resiliencestarter.idempotency.StoredReply;
import io.github.resiliencestarter.jdbc.CallersTransaction;
import io.github.resiliencestarter.jdbc.ResilienceDatabase;
import io.github.resiliencestarter.jdbc.TransactionTail;

/**
 * The store in the application's own database.
 */
final class JdbcIdempotencyStore implements IdempotencyStore {

	private static final String RECORD = """
			UPDATE resilience_idempotency SET state = ?, reply = ? WHERE id = ? AND owner = ?""";

	private static final String FORGET = "DELETE FROM resilience_idempotency WHERE id = ?";

	private final DataSource dataSource;

	private final CallersTransaction callersTransaction;

	private final OwnConnection own;

	private final ClaimStatement claim;

	private final LockingRead lockingRead;

	private final Leases leases;

	private final Purge purge;

	private final String select;

	private final String erase;

	private final String record;

	private final String recordLast;

	private final String forget;

	JdbcIdempotencyStore(ResilienceDatabase database) {
		this.dataSource = database.dataSource();
		this.callersTransaction = new CallersTransaction(database.dataSource());
		this.own = new OwnConnection(database.dataSource());
		this.claim = ClaimStatement.of(database);
		this.lockingRead = new LockingRead(database);
		this.leases = new Leases(database);
		this.purge = new Purge(database);
		this.select = database.sql(CallRow.SELECT);
		this.erase = database.sql(CallRow.ERASE);
		this.record = database.sql(RECORD);
		this.recordLast = database.sql(LastRecord.SQL);
		this.forget = database.sql(FORGET);
	}

	@Override
	public Claim claim(ClaimRequest request) {
		return inTransaction("Claim of an idempotency key", (connection) -> this.claim.execute(connection, request));
	}

	@Override
	public Claim claimWithin(ClaimRequest request) {
		return inTransaction("Claim of an idempotency key", (connection) -> claimWithin(connection, request));
	}

	private Claim claimWithin(Connection connection, ClaimRequest request) throws SQLException {
		Savepoint savepoint = connection.setSavepoint();
		Claim outcome = this.claim.execute(connection, request);
		if (outcome instanceof Claim.Granted) {
			connection.releaseSavepoint(savepoint);
			return outcome;
		}
		connection.rollback(savepoint);
		return (outcome instanceof Claim.Hidden) ? this.lockingRead.read(connection, request.id()) : outcome;
	}

	@Override
	public void record(IdempotencyId id, long owner, StoredReply reply) {
		Integer recorded = inTransaction("Record of a reply",
				(connection) -> Sql.update(connection, this.record, state(reply), reply.body(), id.bytes(), owner));
		if (recorded != 1) {
			throw new IllegalStateException("The claim of this call is not in this transaction any more");
		}
	}

	@Override
	public void recordLast(ClaimRequest claim, StoredReply reply) {
		TransactionTail tail = this.callersTransaction.tail();
		if (tail != null) {
			tail.add(new LastRecord(this.recordLast, claim, reply));
		}
		else {
			record(claim.id(), claim.owner(), reply);
		}
	}

	@Override
	public @Nullable StoredCall find(IdempotencyId id) {
		return onOwnConnection("Read of an idempotent call",
				(connection) -> CallRow.find(connection, this.select, this.erase, id).call())
			.orElse(null);
	}

	@Override
	public Claim lease(ClaimRequest request, Duration lease) {
		return onOwnConnection("Lease of an idempotency key",
				(connection) -> this.leases.acquire(connection, request, lease));
	}

	@Override
	public boolean renew(IdempotencyId id, long token, Duration lease) {
		return onOwnConnection("Renewal of a lease", (connection) -> this.leases.renew(connection, id, token, lease));
	}

	@Override
	public boolean complete(IdempotencyId id, long token, StoredReply reply) {
		return onOwnConnection("Completion of a leased call",
				(connection) -> this.leases.complete(connection, id, token, reply));
	}

	@Override
	public boolean release(IdempotencyId id, long token) {
		return onOwnConnection("Release of a lease", (connection) -> this.leases.release(connection, id, token));
	}

	@Override
	public boolean forget(IdempotencyId id) {
		return onOwnConnection("Removal of an idempotent call",
				(connection) -> Sql.update(connection, this.forget, id.bytes()) == 1);
	}

	@Override
	public int purge(int most) {
		return onOwnConnection("Purge of idempotent calls", (connection) -> this.purge.run(connection, most));
	}

	@Override
	public long count() {
		return onOwnConnection("Count of idempotent calls", this.purge::count);
	}

	@Override
	public boolean sharesTransactionsOf(Object resource) {
		return resource == this.dataSource;
	}

	static int state(StoredReply reply) {
		return reply.withheld() ? CallRow.DONE_WITHOUT_REPLY : CallRow.DONE;
	}

	private <T> T inTransaction(String task, ConnectionCallback<T> work) {
		Connection connection = DataSourceUtils.getConnection(this.dataSource);
		try {
			if (!DataSourceUtils.isConnectionTransactional(connection, this.dataSource)) {
				throw new IllegalTransactionStateException("The transaction is not one of the DataSource that holds "
						+ "the idempotency table: key and effect would not commit together");
			}
			return present(work.doInConnection(connection));
		}
		catch (SQLException ex) {
			throw this.own.translate(task, ex);
		}
		finally {
			DataSourceUtils.releaseConnection(connection, this.dataSource);
		}
	}

	private <T> T onOwnConnection(String task, ConnectionCallback<T> work) {
		return present(this.own.execute(task, work));
	}

	private static <T> T present(@Nullable T result) {
		if (result == null) {
			throw new IllegalStateException("The statement has no result");
		}
		return result;
	}

}
