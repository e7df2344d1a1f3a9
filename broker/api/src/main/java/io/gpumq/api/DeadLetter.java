package io.gpumq.api;

import java.util.Objects;

/**
 * Says why an entry of a queue of dead letters lies there. Key, time and payload of the message are
 * the entry's own. Immutable.
 *
 * @param queue the queue that gave the message up
 * @param sequence the message's position there; two letters have the same where two groups gave the
 *     message up, or one did again after it was moved back
 * @param cause which limit it met
 * @param reason the same in words, with the handler's error code where there is one
 * @param count handler attempts for {@link Cause#HANDLER_FAILED} and {@link Cause#HANDLER_FAULT},
 *     deliveries for {@link Cause#DELIVERY_LIMIT}
 * @param group the group that gave it up, or "" where the handler failed and no group saw it
 */
public record DeadLetter(
    String queue, long sequence, Cause cause, String reason, int count, String group) {
  /** Tells why a message was given up. */
  public enum Cause {
    /** Says that the handler failed at each of its attempts. */
    HANDLER_FAILED,
    /**
     * Says that the handler ended the process that it ran in, or hung, with this message alone.
     * Only where handlers run in a process of their own.
     */
    HANDLER_FAULT,
    /** Says that one group was delivered it as often as allowed and did not acknowledge it. */
    DELIVERY_LIMIT
  }

  /** Refuses what is not there. */
  public DeadLetter {
    Objects.requireNonNull(queue, "queue");
    Objects.requireNonNull(cause, "cause");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(group, "group");
  }

  /** Returns all of it in one line. */
  @Override
  public String toString() {
    return "dead letter of queue '" + queue + "', sequence " + sequence + ": " + reason;
  }
}
