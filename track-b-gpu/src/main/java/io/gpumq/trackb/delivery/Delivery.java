package io.gpumq.trackb.delivery;

import java.util.Arrays;

/**
 * The entries that one {@link Group#take} handed out, in sequence order. Made once for a consumer
 * and filled again and again; for its thread alone.
 */
public final class Delivery {
  private long[] sequences = new long[256];
  private int[] deliveries = new int[256];

  private final Hold hold;
  private int size;
  private int owner;
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
    size--;
  }

  /** Cuts the entries from {@code index} on off: they are another delivery to the same taker. */
  public Delivery cut(int index) {
    Delivery rest = new Delivery(hold);
    rest.sequences = Arrays.copyOfRange(sequences, index, size);
    rest.deliveries = Arrays.copyOfRange(deliveries, index, size);
    rest.size = size - index;
    rest.owner = owner;
    rest.redelivery = redelivery;
    size = index;
    return rest;
  }

  /** Whether these are all the sequences from {@link #first} to {@link #last}. */
  public boolean isWholeRange() {
    return size > 0 && last() - first() == size - 1;
  }

  /** The taker. */
  int owner() {
    return owner;
  }

  /** Empties it, for a taker. */
  void begin(int owner) {
    clear();
    this.owner = owner;
  }

  void clear() {
    size = 0;
    redelivery = false;
  }

  /** Adds an entry that was delivered before. */
  void add(long sequence, int count) {
    makeRoom(1);
    redelivery = true;
    sequences[size] = sequence;
    deliveries[size++] = count;
  }

  /**
   * Returns where the entries end that are alike from there on: of one block, delivered as often.
   */
  int endOfAlike(int index) {
    if (!redelivery && isWholeRange()) {
      return (int) Math.min(size, index + Integer.SIZE - (sequences[index] & Integer.SIZE - 1));
    }
    long block = PendingTable.block(sequences[index]);
    int end = index + 1;
    while (end < size
        && PendingTable.block(sequences[end]) == block
        && deliveries[end] == deliveries[index]) {
      end++;
    }
    return end;
  }

  /** Returns the bits in their block of the entries between two indexes. */
  int bits(int index, int end) {
    if (sequences[end - 1] - sequences[index] == end - 1 - index) {
      return -1 >>> Integer.SIZE - (end - index) << sequences[index];
    }
    int bits = 0;
    for (int i = index; i < end; i++) {
      bits |= PendingTable.bit(sequences[i]);
    }
    return bits;
  }

  /** Begins with new entries; returns where it stopped, which may be past some that are none. */
  long fill(Deliverable deliverable, long from, long end, int max) {
    long next = from;
    while (next < end && size < max) {
      long run = deliverable.runEnd(next, Math.min(end, next + max - size));
      addRange(next, run);
      next = run < end && size < max ? deliverable.firstFrom(run, end) : run;
    }
    Arrays.fill(deliveries, 0, size, 1);
    return next;
  }

  /** Is filled with the first messages between two sequences, which nobody is delivered. */
  public void read(Deliverable messages, long from, long end, int max) {
    clear();
    if (from < end) {
      fill(messages, from, end, max);
    }
    Arrays.fill(deliveries, 0, size, 0);
  }

  /** As {@link #read}, with the last ones. */
  public void readBack(Deliverable messages, long from, long end, int max) {
    read(messages, messages.newest(from, end, max), end, max);
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

  /** Puts the sequences in order; returns whether they were. Their counts stay where they are. */
  boolean sort() {
    for (int i = 1; i < size; i++) {
      if (sequences[i] < sequences[i - 1]) {
        Arrays.sort(sequences, 0, size);
        return false;
      }
    }
    return true;
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
