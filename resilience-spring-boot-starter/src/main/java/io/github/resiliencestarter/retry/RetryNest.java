package io.github.resiliencestarter.retry;

import org.jspecify.annotations.Nullable;

/**
 * How retried calls of one thread nest, so that one failure draws one token however many
 * layers retry it. One mutable object for each thread: entering a call allocates nothing.
 * <p>
 * A token pays for one more attempt of the outermost call with everything retried inside
 * it. Where the first draw is made by an inner call, it pays for the rest of the
 * outermost call's attempt, and for the retry that follows if that attempt fails after
 * all.
 */
public final class RetryNest {

	private static final ThreadLocal<RetryNest> OF_THREAD = ThreadLocal.withInitial(RetryNest::new);

	private int depth;

	private @Nullable RetryBudget outermost;

	/** The outermost call's current attempt has been paid for. */
	private boolean paid;

	/** An inner call paid; the outermost call's next retry costs nothing more. */
	private boolean paidAhead;

	private RetryNest() {
	}

	static RetryNest ofThread() {
		return OF_THREAD.get();
	}

	void enter(RetryBudget budget) {
		if (this.depth++ == 0) {
			this.outermost = budget;
			this.paid = false;
			this.paidAhead = false;
		}
	}

	void leave() {
		this.depth--;
	}

	/**
	 * Tell whether the innermost call has been counted by a call around it already.
	 * @param budget the innermost call's budget
	 * @return whether the outermost call fills the same budget
	 */
	boolean isFilledOutside(RetryBudget budget) {
		return this.depth > 1 && this.outermost == budget;
	}

	/**
	 * Pay for a retry of the innermost call.
	 * @param budget the innermost call's budget
	 * @return whether the retry is paid for
	 */
	boolean draw(RetryBudget budget) {
		return (this.depth > 1) ? drawInside(budget) : drawOutermost(budget);
	}

	private boolean drawInside(RetryBudget budget) {
		if (this.paid) {
			return true;
		}
		this.paid = budget.draw();
		this.paidAhead = this.paid;
		return this.paid;
	}

	private boolean drawOutermost(RetryBudget budget) {
		this.paid = this.paidAhead || budget.draw();
		this.paidAhead = false;
		return this.paid;
	}

}
