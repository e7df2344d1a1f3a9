package io.gpumq.trackb.delivery;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The entries that one {@link Group#take} handed out, in sequence order. Made once for a consumer
 * and filled again and again; for its thread alone.
 */
public final class Delivery {
  private long[] sequences = new long[256];
  private int[] deliveries = new int[256];
  private int size;
  private boolean redelivery;
  private final BitSet excluded = new BitSet();

  /** How many entries there are. */
  public int size() {
    return size;
  }

  /** Whether there is no entry. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** Whether these entries were delivered before; all were, or none. */
  public boolean isRedelivery() {
    return redelivery;
  }

  /** The sequence of the entry at {@code index}, 0 to {@code size() - 1}. */
  public long sequence(int index) {
    return sequences[checked(index)];
  }

  /** How often the entry at {@code index} has been delivered to the group, this time included. */
  public int deliveries(int index) {
    return deliveries[checked(index)];
  }

  /** The lowest sequence. There must be one. */
  public long first() {
    return sequence(0);
  }

  /** The highest sequence. There must be one. */
  public long last() {
    return sequence(size - 1);
  }

  /**
   * Leaves an entry out of a later {@link Group#acknowledge(Delivery)}: its consumer refused it,
   * and it may be another's by then. An entry that is not of this delivery is none of its business.
   */
  public void exclude(long sequence) {
    int index = Arrays.binarySearch(sequences, 0, size, sequence);
    if (index >= 0) {
      excluded.set(index);
    }
  }

  /** Whether these are all the sequences from {@link #first} to {@link #last}, none excluded. */
  boolean isWholeRange() {
    return size > 0 && last() - first() == size - 1 && excluded.isEmpty();
  }

  boolean isExcluded(int index) {
    return excluded.get(index);
  }

  void clear() {
    size = 0;
    redelivery = false;
    excluded.clear();
  }

  void add(long sequence) {
    makeRoom(1);
    sequences[size++] = sequence;
  }

  /** Begins with new entries; returns where it stopped, which may be past some that are none. */
  long fill(Deliverable deliverable, long from, long end, int max) {
    long next = from;
    while (next < end && size < max) {
      long run = deliverable.runEnd(next, Math.min(end, next + max - size));
      addRange(next, run);
      next = run;
      while (next < end && size < max && !deliverable.deliverable(next)) {
        next++;
      }
    }
    Arrays.fill(deliveries, 0, size, 1);
    return next;
  }

  private void addRange(long from, long to) {
    makeRoom((int) (to - from));
    for (long sequence = from; sequence < to; sequence++) {
      sequences[size++] = sequence;
    }
  }

  private void makeRoom(int more) {
    if (size + more > sequences.length) {
      int length = Math.max(size + more, 2 * sequences.length);
      sequences = Arrays.copyOf(sequences, length);
      deliveries = Arrays.copyOf(deliveries, length);
    }
  }

  /** Ends a delivery of entries that came in any order; their counts are set one by one. */
  void redelivery() {
    redelivery = true;
    Arrays.sort(sequences, 0, size);
  }

  void setDeliveries(int index, int count) {
    deliveries[index] = count;
  }

  private int checked(int index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException(
          "entry " + index + ": the delivery has " + size + " entries, from 0");
    }
    return index;
  }
}
