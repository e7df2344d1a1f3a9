package io.gpumq.api;

/**
 * A message that was given up.
 *
 * @param sequence its position in the queue
 * @param cause which limit it met
 * @param reason the same in words, with the handler's error code where there is one
 * @param count handler attempts for {@link Cause#HANDLER_FAILED} and {@link Cause#HANDLER_FAULT},
 *     deliveries for {@link Cause#DELIVERY_LIMIT}
 * @param group the group that gave it up, or "" where the handler failed and no group saw it
 * @param payload the message as it was sent
 */
public record DeadLetter(
    long sequence, Cause cause, String reason, int count, String group, byte[] payload) {
  /** Why a message was given up. */
  public enum Cause {
    /** The handler failed at each of its attempts. */
    HANDLER_FAILED,
    /**
     * The handler ended the process that it ran in, or hung, with this message alone. Only where
     * handlers run in a process of their own.
     */
    HANDLER_FAULT,
    /** One group was delivered it as often as allowed and did not acknowledge it. */
    DELIVERY_LIMIT
  }
}
