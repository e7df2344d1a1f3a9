package io.gpumq.trackb.log;

import io.gpumq.trackb.store.FoldedSegments;

/**
 * What a log is while nobody uses its queue: all that was claimed has landed, and no failure is
 * open.
 *
 * @param claimed the next sequence to be claimed
 * @param released every sequence below was released
 * @param payloadBytes of all entries that were claimed
 * @param deleted how many ever were
 * @param deletedEnd no entry from here on was deleted, or has gone
 * @param failures {@code null} if there never was one
 */
public record FoldedLog(
    long claimed,
    long released,
    long payloadBytes,
    long deleted,
    long deletedEnd,
    Failures failures,
    FoldedSegments segments) {
  /** Entries whose handler failed for good. */
  public long failed() {
    return failures == null ? 0 : failures.count();
  }

  /** Whether it holds nothing of the store. */
  public boolean isDrained() {
    return segments.all().length == 0;
  }
}
