package io.gpumq.trackb.delivery;

import java.util.Arrays;

/**
 * The entries that one {@link Group#take} handed out, in sequence order. Made once for a consumer
 * and filled again and again; for its thread alone.
 */
public final class Delivery {
  private long[] sequences = new long[256];
  private int[] deliveries = new int[256];

  /** The words that the entries have in the group's table as long as they are with the taker. */
  private long[] words = new long[256];

  private long newWord;
  private final Hold hold;
  private int size;
  private boolean redelivery;

  /** Makes one whose entries nobody keeps from being released while they are read. */
  public Delivery() {
    this(new Hold());
  }

  /** Makes one whose entries are held from the take that fills it until the hold is let go. */
  public Delivery(Hold hold) {
    this.hold = hold;
  }

  Hold hold() {
    return hold;
  }

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

  /** Leaves out the entry at {@code index}: it is not with the taker any more. */
  public void drop(int index) {
    int behind = size - checked(index) - 1;
    System.arraycopy(sequences, index + 1, sequences, index, behind);
    System.arraycopy(deliveries, index + 1, deliveries, index, behind);
    System.arraycopy(words, index + 1, words, index, behind);
    size--;
  }

  /** Whether these are all the sequences from {@link #first} to {@link #last}. */
  public boolean isWholeRange() {
    return size > 0 && last() - first() == size - 1;
  }

  long word(int index) {
    return redelivery ? words[index] : newWord;
  }

  void setWord(int index, long word) {
    words[index] = word;
  }

  /** Of new entries, which all have the same. */
  void setNewWord(long word) {
    newWord = word;
  }

  void clear() {
    size = 0;
    redelivery = false;
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
      words = Arrays.copyOf(words, length);
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
