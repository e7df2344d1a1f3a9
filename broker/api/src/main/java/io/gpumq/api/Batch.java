package io.gpumq.api;

/**
 * Holds the entries of one {@link Consumer#poll}, in the order of delivery, or of one call of a
 * {@link Reader}, in that of their sequences.
 *
 * <p>A batch is valid until the next poll or close of its consumer, or the next call or close of
 * its reader. It is for their thread alone.
 */
public interface Batch {
  /** Returns how many entries there are, 0 to the {@code max} of the poll. */
  int size();

  /** Returns whether the poll found nothing in time. */
  default boolean isEmpty() {
    return size() == 0;
  }

  /**
   * Returns the entry at {@code index}. The object is reused: it stands for the index that was
   * asked last.
   *
   * @param index 0 to {@code size() - 1}
   * @throws IndexOutOfBoundsException if {@code index} is out of this range
   */
  Entry get(int index);
}
