package io.gpumq.api;

/** Where a consumer group begins to read, or is moved to. */
public enum GroupStart {
  /**
   * At the oldest entry still kept: the oldest that was not settled by every group there was. A
   * queue without a group keeps everything that it is sent.
   */
  OLDEST,
  /** Behind every message that was sent before the call. */
  NOW
}
