package io.gpumq.trackb.delivery;

/**
 * What a group knows of a pending entry.
 *
 * @param sequence where it lies
 * @param owner the consumer that has it, or {@link #NOBODY}
 * @param deliveredNanos when it was delivered last, on the group's clock; where nobody has it, a
 *     lease before it is due
 * @param deliveries how often it was delivered
 */
public record PendingEntry(long sequence, int owner, long deliveredNanos, int deliveries) {
  /** The owner of an entry that waits for the next taker, or to be given up. */
  public static final int NOBODY = Owners.NOBODY;
}
