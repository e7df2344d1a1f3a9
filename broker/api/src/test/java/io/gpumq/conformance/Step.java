package io.gpumq.conformance;

/**
 * One step of a model run. What {@code a}, {@code b} and {@code c} choose is taken modulo what
 * there is to choose from, so that every list of steps can be run, and any part of it.
 */
record Step(Act act, int a, int b, int c) {
  /** What a step does. */
  enum Act {
    SEND,
    TRY_SEND,
    SEND_BATCH,
    TRY_SEND_BATCH,
    POLL,
    ACKNOWLEDGE,
    ACKNOWLEDGE_BATCH,
    ACKNOWLEDGE_WRONGLY,
    REFUSE,
    DELETE,
    TRIM,
    READ,
    LEASE_END,
    CLOSE_CONSUMER,
    TAKE_DEAD_LETTERS,
    CHECK_STATS
  }
}
