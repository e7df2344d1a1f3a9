package io.gpumq.trackb.ring;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What the host alone knows of each message that is kept: when it was sent, and with which key. A
 * page of memory is made when the first message, or the first one with a key, comes to it, and
 * kept.
 *
 * <p>A producer writes a message's marks between claim and publish, in plain order. Who reads them
 * has seen the message completed, which was behind its publishing; and holds it, so that no later
 * message has its slot.
 */
final class Marks {
  private static final int PAGE_SHIFT = 12;
  private static final int PAGE_SLOTS = 1 << PAGE_SHIFT;

  private final long mask;

  /** A time in milliseconds in the upper 63 bits, then whether there is a key. */
  private final AtomicReferenceArray<long[]> times;

  private final AtomicReferenceArray<long[]> keys;

  Marks(RingGeometry g) {
    mask = g.capacity() - 1;
    int pages = (g.capacity() + PAGE_SLOTS - 1) / PAGE_SLOTS;
    times = new AtomicReferenceArray<>(pages);
    keys = new AtomicReferenceArray<>(pages);
  }

  /** Marks messages without a key, for the producer that claimed them. */
  void setAll(long first, int count, long sentMillis) {
    for (long from = first, end = first + count; from < end; ) {
      int slot = (int) (from & mask);
      int some = (int) Math.min(end - from, roomFrom(slot));
      long[] page = page(times, slot);
      int at = slot & PAGE_SLOTS - 1;
      Arrays.fill(page, at, at + some, sentMillis << 1);
      from += some;
    }
  }

  /** Marks one message with a key, for the producer that claimed it. */
  void set(long sequence, long sentMillis, long key) {
    int slot = (int) (sequence & mask);
    page(keys, slot)[slot & PAGE_SLOTS - 1] = key;
    page(times, slot)[slot & PAGE_SLOTS - 1] = sentMillis << 1 | 1;
  }

  /** Slots from one on to the end of its page, or of the ring. */
  private long roomFrom(int slot) {
    return Math.min(PAGE_SLOTS - (slot & PAGE_SLOTS - 1), mask + 1 - slot);
  }

  /** The release that shows an empty page pairs with the acquire of who finds it. */
  private static long[] page(AtomicReferenceArray<long[]> pages, int slot) {
    int index = slot >> PAGE_SHIFT;
    long[] page = pages.getAcquire(index);
    if (page == null) {
      page = new long[PAGE_SLOTS];
      long[] other = pages.compareAndExchange(index, null, page);
      page = other != null ? other : page;
    }
    return page;
  }

  /** Copies what {@link #sentMillis(long)} and {@link #hasKey(long)} read, of a run of messages. */
  void copyTimes(long first, int count, long[] to, int at) {
    for (long from = first, end = first + count; from < end; ) {
      int slot = (int) (from & mask);
      int some = (int) Math.min(end - from, roomFrom(slot));
      System.arraycopy(page(times, slot), slot & PAGE_SLOTS - 1, to, at, some);
      at += some;
      from += some;
    }
  }

  /** When a message was sent, in milliseconds since 1970; 0 of a slot that nobody has written. */
  long sentMillis(long sequence) {
    return millisIn(time(sequence));
  }

  boolean hasKey(long sequence) {
    return hasKeyIn(time(sequence));
  }

  /** The key of a message that has one. */
  long key(long sequence) {
    int slot = (int) (sequence & mask);
    return page(keys, slot)[slot & PAGE_SLOTS - 1];
  }

  private long time(long sequence) {
    int slot = (int) (sequence & mask);
    return page(times, slot)[slot & PAGE_SLOTS - 1];
  }

  /** The time in a copy. */
  static long millisIn(long time) {
    return time >> 1;
  }

  /** Whether a copy tells of a key. */
  static boolean hasKeyIn(long time) {
    return (time & 1) != 0;
  }
}
