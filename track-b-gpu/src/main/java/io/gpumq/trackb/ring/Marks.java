package io.gpumq.trackb.ring;

import io.gpumq.trackb.delivery.Delivery;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * When each message was sent, and with which key: a word or two a slot, on the heap, since no
 * device reads them. Pages are made when the first message comes to them.
 *
 * <p>A producer writes a slot's marks between its claim and what it releases: the express cells, or
 * the head. A reader acquires the completion word, in its place or in a cell, which the device
 * released after it had acquired those. So plain writes and reads do. A later lap's producer claims
 * the slot only when it is released: a reader holds its entries meanwhile, as it does for bytes.
 */
final class Marks {
  private static final int PAGE_SHIFT = 12;
  private static final int PAGE_SLOTS = 1 << PAGE_SHIFT;
  private static final int PAGE_MASK = PAGE_SLOTS - 1;

  private final long mask;

  /** Up to {@code sequence | edgeMask} the slots of a range lie side by side. */
  private final long edgeMask;

  /** {@code milliseconds << 1 | has a key}. */
  private final AtomicReferenceArray<long[]> times;

  /** Of messages that have one; there is no page where none had. */
  private final AtomicReferenceArray<long[]> keys;

  /**
   * @param capacity slots of the ring, a power of two
   */
  Marks(int capacity) {
    mask = capacity - 1L;
    edgeMask = Math.min(mask, PAGE_MASK);
    int pages = (capacity + PAGE_SLOTS - 1) >> PAGE_SHIFT;
    times = new AtomicReferenceArray<>(pages);
    keys = new AtomicReferenceArray<>(pages);
  }

  /** Marks a claimed slot whose message has no key. */
  void put(long sequence, long sentMillis) {
    int slot = slot(sequence);
    page(times, slot)[slot & PAGE_MASK] = sentMillis << 1;
  }

  /**
   * Marks all claimed slots from {@code first} to {@code last} as those of messages without key.
   */
  void putAll(long first, long last, long sentMillis) {
    for (long from = first, to; from <= last; from = to + 1) {
      to = Math.min(last, from | edgeMask);
      int slot = slot(from);
      int at = slot & PAGE_MASK;
      Arrays.fill(page(times, slot), at, at + (int) (to - from) + 1, sentMillis << 1);
    }
  }

  /** Marks a claimed slot whose message has a key. */
  void put(long sequence, long sentMillis, long key) {
    int slot = slot(sequence);
    page(keys, slot)[slot & PAGE_MASK] = key;
    page(times, slot)[slot & PAGE_MASK] = sentMillis << 1 | 1;
  }

  /** Returns the word of a published sequence that is held: its time, and whether it has a key. */
  long word(long sequence) {
    int slot = slot(sequence);
    long[] page = times.get(slot >> PAGE_SHIFT);
    return page == null ? 0 : page[slot & PAGE_MASK];
  }

  /** Returns the key of a published sequence that is held and has one. */
  long key(long sequence) {
    int slot = slot(sequence);
    return keys.get(slot >> PAGE_SHIFT)[slot & PAGE_MASK];
  }

  /** Copies the words of a delivery's entries, and the keys of those that have one. */
  void copy(Delivery delivery, long[] toWords, long[] toKeys) {
    int size = delivery.size();
    if (delivery.last() - delivery.first() == size - 1) {
      copyRange(delivery.first(), delivery.last(), toWords);
    } else {
      for (int i = 0; i < size; i++) {
        toWords[i] = word(delivery.sequence(i));
      }
    }
    long any = 0;
    for (int i = 0; i < size; i++) {
      any |= toWords[i];
    }
    for (int i = 0; i < size && hasKey(any); i++) {
      if (hasKey(toWords[i])) {
        toKeys[i] = key(delivery.sequence(i));
      }
    }
  }

  /** Copies the words of all sequences from {@code first} to {@code last}. */
  void copyRange(long first, long last, long[] to) {
    int done = 0;
    for (long from = first, end; from <= last; from = end + 1) {
      end = Math.min(last, from | edgeMask);
      int slot = slot(from);
      int count = (int) (end - from) + 1;
      long[] page = times.get(slot >> PAGE_SHIFT);
      if (page != null) {
        System.arraycopy(page, slot & PAGE_MASK, to, done, count);
      }
      done += count;
    }
  }

  /** Returns whether the message of a word has a key. */
  static boolean hasKey(long word) {
    return (word & 1) != 0;
  }

  /** Returns when the message of a word was sent, in milliseconds since 1970. */
  static long sentMillis(long word) {
    return word >> 1;
  }

  private int slot(long sequence) {
    return (int) (sequence & mask);
  }

  /** Several producers may come to a new page at once: all go on with the one that stands. */
  private static long[] page(AtomicReferenceArray<long[]> pages, int slot) {
    int at = slot >> PAGE_SHIFT;
    long[] page = pages.get(at);
    if (page == null) {
      pages.compareAndSet(at, null, new long[PAGE_SLOTS]);
      page = pages.get(at);
    }
    return page;
  }
}
