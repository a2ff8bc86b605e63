package io.github.resiliencestarter.timeout;

/**
 * Something to be done at a moment. Earlier moments come first; at equal moments the
 * inner limit.
 *
 * @param moment the moment
 * @param place grows inwards; different for every expiry
 * @param action what is done
 */
record Expiry(long moment, long place, Runnable action) implements Comparable<Expiry> {

	@Override
	public int compareTo(Expiry other) {
		int byMoment = Long.compare(this.moment, other.moment);
		return (byMoment != 0) ? byMoment : Long.compare(other.place, this.place);
	}

}
