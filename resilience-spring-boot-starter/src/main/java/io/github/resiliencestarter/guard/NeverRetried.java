package io.github.resiliencestarter.guard;

/**
 * Marks exceptions after which another attempt is pointless whatever a retry annotation
 * says.
 */
public interface NeverRetried {

}
