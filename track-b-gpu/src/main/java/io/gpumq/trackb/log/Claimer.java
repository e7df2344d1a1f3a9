package io.gpumq.trackb.log;

/** Who claims entries of a log, asked under the lock that orders claims: waits for nothing. */
public interface Claimer {
  /** Throws if nothing may be claimed any more: a close that has held the lock finds all claims. */
  void requireOpen();

  /** Hears which sequence the next entry will have, if there is room. */
  default void next(long sequence) {}
}
