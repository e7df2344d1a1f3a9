package io.gpumq.api;

/** Says where a consumer group begins to read, or is moved to. */
public enum GroupStart {
  /**
   * Begins at the oldest entry still kept: the oldest that was not settled by every group there
   * was, or an older one that the queue's {@link Retention} has kept. A queue without a group keeps
   * everything that it is sent, where nothing is said of retention.
   */
  OLDEST,
  /** Begins behind every message that was sent before the call. */
  NOW
}
