package io.gpumq.api;

/** Where a consumer group begins to read, or is moved to. */
public enum GroupStart {
  /**
   * At the oldest entry still kept: the oldest that some group has not settled, or, in a queue
   * without a group, the oldest that was sent since the last one was removed.
   */
  OLDEST,
  /** Behind every message that was sent before the call. */
  NOW
}
