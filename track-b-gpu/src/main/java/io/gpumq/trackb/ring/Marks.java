package io.gpumq.trackb.ring;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What the host alone knows of each message that is kept: when it was sent, and with which key. A
 * page of memory is made when the first message comes to it, and kept.
 *
 * <p>A producer writes a message's marks between claim and publish, in plain order. Whoever reads
 * them has seen the message completed, which was behind its publishing; and holds it, so that no
 * later message has its slot.
 */
final class Marks {
  private static final int PAGE_SHIFT = 12;
  private static final int PAGE_SLOTS = 1 << PAGE_SHIFT;

  /** A time in the upper 63 bits, then whether there is a key; and the key. */
  private static final int WORDS = 2;

  private final long mask;
  private final AtomicReferenceArray<long[]> pages;

  Marks(RingGeometry g) {
    mask = g.capacity() - 1;
    pages = new AtomicReferenceArray<>((g.capacity() + PAGE_SLOTS - 1) / PAGE_SLOTS);
  }

  /** For the producer that claimed the sequence. */
  void set(long sequence, long sentMillis, boolean hasKey, long key) {
    int slot = (int) (sequence & mask);
    long[] page = pages.getAcquire(slot >> PAGE_SHIFT);
    if (page == null) {
      page = make(slot >> PAGE_SHIFT);
    }
    int at = (slot & PAGE_SLOTS - 1) * WORDS;
    page[at] = sentMillis << 1 | (hasKey ? 1 : 0);
    page[at + 1] = key;
  }

  /** The release that shows an empty page pairs with the acquire of whoever finds it. */
  private long[] make(int index) {
    long[] page = new long[PAGE_SLOTS * WORDS];
    long[] other = pages.compareAndExchange(index, null, page);
    return other != null ? other : page;
  }

  /** When a message was sent, in milliseconds since 1970; 0 of a slot that nobody has written. */
  long sentMillis(long sequence) {
    return word(sequence, 0) >> 1;
  }

  boolean hasKey(long sequence) {
    return (word(sequence, 0) & 1) != 0;
  }

  /** The key of a message that has one. */
  long key(long sequence) {
    return word(sequence, 1);
  }

  private long word(long sequence, int which) {
    int slot = (int) (sequence & mask);
    long[] page = pages.getAcquire(slot >> PAGE_SHIFT);
    return page == null ? 0 : page[(slot & PAGE_SLOTS - 1) * WORDS + which];
  }
}
