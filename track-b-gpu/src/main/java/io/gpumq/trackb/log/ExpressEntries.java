package io.gpumq.trackb.log;

import static io.gpumq.kernels.LinkLayout.EXPRESS_SLOTS;

/**
 * Which entries of a lane came by express last, and by which slots of the ring: as many as the
 * express has room for. Written by one thread at a time, read by others, who find one or not.
 */
final class ExpressEntries {
  /** What {@link #slot} answers of others. */
  static final long NONE = -1;

  private record Entry(long sequence, long slot) {}

  private final Entry[] entries = new Entry[EXPRESS_SLOTS];

  void add(long sequence, long slot) {
    entries[(int) (sequence & EXPRESS_SLOTS - 1)] = new Entry(sequence, slot);
  }

  /** The slot by which an entry came, or {@link #NONE}. */
  long slot(long sequence) {
    Entry entry = entries[(int) (sequence & EXPRESS_SLOTS - 1)];
    return entry != null && entry.sequence() == sequence ? entry.slot() : NONE;
  }
}
