package io.gpumq.api;

/**
 * The entries of one {@link Consumer#poll}, in the order of delivery.
 *
 * <p>Valid until the next poll or close of its consumer. For the consumer's thread alone.
 */
public interface Batch {
  /** How many entries there are. */
  int size();

  /** Whether the poll found nothing in time. */
  default boolean isEmpty() {
    return size() == 0;
  }

  /**
   * The entry at {@code index}. One entry object is reused: it stands for the index asked last.
   *
   * @param index 0 to {@code size() - 1}
   */
  Entry get(int index);
}
