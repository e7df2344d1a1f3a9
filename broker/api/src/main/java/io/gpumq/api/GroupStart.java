package io.gpumq.api;

/** Says where a consumer group begins to read, or is moved to. */
public enum GroupStart {
  /**
   * Begins at the oldest entry still kept: the oldest that was not settled by every group there
   * was. A queue without a group keeps everything that it is sent.
   */
  OLDEST,
  /** Begins behind every message that was sent before the call. */
  NOW
}
