package io.gpumq.trackb.delivery;

/** What a group must know of the entries of its queue. */
@FunctionalInterface
public interface Deliverable {
  /**
   * Whether consumers are to see the entry. Called once for each group, under the group's lock, for
   * completed entries in sequence order.
   *
   * @return false for an entry that is no message: its handler failed, or its send was given up
   */
  boolean deliverable(long sequence);
}
