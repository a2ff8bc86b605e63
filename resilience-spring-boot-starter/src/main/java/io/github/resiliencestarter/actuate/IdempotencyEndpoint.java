package io.github.resiliencestarter.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

import io.github.resiliencestarter.idempotency.IdempotencyOverview;
import io.github.resiliencestarter.idempotency.IdempotencySnapshot;
import io.github.resiliencestarter.idempotency.Idempotent.Mode;

/**
 * Shows idempotent operations with what they guarantee, and lets operators forget a call.
 */
@Endpoint(id = "idempotency")
public class IdempotencyEndpoint {

	private final IdempotencyOverview overview;

	IdempotencyEndpoint(IdempotencyOverview overview) {
		this.overview = overview;
	}

	/**
	 * Show all operations.
	 * @return the operations by name, and how many calls are stored
	 */
	@ReadOperation
	public IdempotencyDescriptor idempotency() {
		Map<String, OperationDescriptor> operations = new LinkedHashMap<>();
		this.overview.operations()
			.forEach((name, operation) -> operations.put(name, OperationDescriptor.of(operation)));
		return new IdempotencyDescriptor(operations, this.overview.stored());
	}

	/**
	 * Forget a call, so that the next one with its key runs.
	 * @param operation the operation's name
	 * @param key the key
	 * @param principal who called, {@code null} if nobody was authenticated
	 * @return status 204, or 404 if there is no such call
	 */
	@DeleteOperation
	public WebEndpointResponse<Void> forget(@Selector String operation, @Selector String key,
			@Nullable String principal) {
		String caller = (principal != null && !principal.isEmpty()) ? principal : null;
		boolean forgotten = this.overview.forget(operation, caller, key);
		return new WebEndpointResponse<>(
				forgotten ? WebEndpointResponse.STATUS_NO_CONTENT : WebEndpointResponse.STATUS_NOT_FOUND);
	}

	/**
	 * All operations.
	 *
	 * @param operations the operations by name
	 * @param stored how many calls of all operations are stored
	 */
	public record IdempotencyDescriptor(Map<String, OperationDescriptor> operations, long stored) {

	}

	/**
	 * One operation.
	 *
	 * @param mode where the effect happens
	 * @param executed first calls whose reply was recorded
	 * @param replayed duplicates that got the first reply
	 * @param conflicts duplicates refused because the first call still ran
	 * @param mismatches calls refused because the key was used for another call
	 * @param guarantee what the operation guarantees, and why
	 */
	public record OperationDescriptor(Mode mode, long executed, long replayed, long conflicts, long mismatches,
			String guarantee) {

		static OperationDescriptor of(IdempotencySnapshot operation) {
			return new OperationDescriptor(operation.mode(), operation.executed(), operation.replayed(),
					operation.conflicts(), operation.mismatches(), operation.guarantee());
		}

	}

}
