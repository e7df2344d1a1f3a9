package io.gpumq.trackb.delivery;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;

/**
 * One 64-bit word for each sequence of a window that only moves forward:
 *
 * <pre>
 *   63        54 53                                                     0
 *  +------------+--------------------------------------------------------+
 *  | deliveries |                       id of its run                    |   pending
 *  +------------+--------------------------------------------------------+
 *  |     0      |                             0                          |   settled
 *  +------------+--------------------------------------------------------+
 * </pre>
 *
 * The words lie in pages of 8 KiB. A page that the window leaves is used again at its other end, so
 * a small window stays in the processor's cache however far it moves. For one thread at a time.
 */
final class PendingTable {
  /** What the word has room for. */
  static final int MAX_DELIVERIES = (1 << 10) - 1;

  private static final int RUN_BITS = 54;
  private static final long RUN_MASK = (1L << RUN_BITS) - 1;
  private static final int PAGE_SHIFT = 10;
  private static final int PAGE_WORDS = 1 << PAGE_SHIFT;
  private static final int PAGE_MASK = PAGE_WORDS - 1;

  /** 8 MiB: what is kept of a backlog's memory when the backlog is gone. */
  private static final int MAX_SPARE_PAGES = 1 << 10;

  /** To compare with: the JVM does that many words at a time. */
  private static final long[] ALL_SETTLED = new long[PAGE_WORDS];

  private long start;
  private long end;

  /** The page of sequence s lies at {@code slot(s >>> PAGE_SHIFT)}. */
  private long[][] pages = new long[16][];

  private long firstPage;
  private long endPage;

  /** All zero, as every word of a page is when the window leaves it. */
  private final ArrayDeque<long[]> spare = new ArrayDeque<>();

  /** An empty window at {@code start}. */
  PendingTable(long start) {
    this.start = start;
    end = start;
    firstPage = start >>> PAGE_SHIFT;
    endPage = firstPage;
  }

  /** Empties the window, which begins again at a sequence, lower or higher than before. */
  void restart(long newStart) {
    Arrays.fill(pages, null);
    start = newStart;
    end = newStart;
    firstPage = newStart >>> PAGE_SHIFT;
    endPage = firstPage;
  }

  /** Sets the bit of each pending sequence of a range; that of {@code from} is 0. */
  void pending(long from, long to, BitSet bits) {
    long stop = Math.min(to, end);
    for (long sequence = Math.max(from, start); sequence < stop; sequence++) {
      if (word(sequence) != 0) {
        bits.set((int) (sequence - from));
      }
    }
  }

  private static long word(int deliveries, long run) {
    return (long) deliveries << RUN_BITS | run;
  }

  /** The lower end of the window: every sequence below is settled. */
  long start() {
    return start;
  }

  /** The upper end of the window, exclusive. */
  long end() {
    return end;
  }

  /** Whether the sequence lies in the window and is not settled. */
  boolean isPending(long sequence) {
    return sequence >= start && sequence < end && word(sequence) != 0;
  }

  /** How often the sequence, which lies in the window, was delivered; 0 if it is settled. */
  int deliveries(long sequence) {
    return (int) (word(sequence) >>> RUN_BITS);
  }

  /** Moves the upper end of the window up; what it gains is settled at first. */
  void extendTo(long newEnd) {
    while (endPage << PAGE_SHIFT < newEnd) {
      if (endPage - firstPage == pages.length) {
        growPages();
      }
      long[] page = spare.pollLast();
      pages[slot(endPage)] = page != null ? page : new long[PAGE_WORDS];
      endPage++;
    }
    end = newEnd;
  }

  /** Moves the lower end of the window up over what is settled; returns whether it moved. */
  boolean shrink() {
    long from = start;
    start = firstPending();
    while (firstPage < start >>> PAGE_SHIFT) {
      int slot = slot(firstPage++);
      if (spare.size() < MAX_SPARE_PAGES) {
        spare.addLast(pages[slot]);
      }
      pages[slot] = null;
    }
    return start != from;
  }

  /** Makes one sequence of the window pending, or changes its word. */
  void put(long sequence, int deliveries, long run) {
    page(sequence)[offset(sequence)] = word(deliveries, run);
  }

  /** {@link #put} for all sequences from {@code from} to {@code to}, exclusive. */
  void putAll(long from, long to, int deliveries, long run) {
    for (long next; from < to; from = next) {
      next = Math.min(to, nextPage(from));
      Arrays.fill(page(from), offset(from), endOffset(next), word(deliveries, run));
    }
  }

  /** Settles one sequence of the window. */
  void settle(long sequence) {
    page(sequence)[offset(sequence)] = 0;
  }

  /**
   * Settles the sequences from {@code from} to {@code to}, exclusive, as far as they lie in the
   * window; returns how many were pending.
   */
  int settleAll(long from, long to) {
    from = Math.max(from, start);
    to = Math.min(to, end);
    int settled = 0;
    for (long next; from < to; from = next) {
      next = Math.min(to, nextPage(from));
      long[] page = page(from);
      int begin = offset(from);
      int stop = endOffset(next);
      for (int i = begin; i < stop; i++) {
        settled += page[i] != 0 ? 1 : 0;
      }
      Arrays.fill(page, begin, stop, 0);
    }
    return settled;
  }

  /** Moves the run's {@code first} up to an entry that it has; returns whether it has any left. */
  boolean trim(Run run) {
    long sequence = Math.max(run.first, start);
    while (sequence <= run.last && (word(sequence) & RUN_MASK) != run.id) {
      sequence++;
    }
    run.first = sequence;
    return sequence <= run.last;
  }

  /** How many pages the window takes up. */
  long pageCount() {
    return endPage - firstPage;
  }

  /** The lowest sequence of the window that is pending, or its end. */
  private long firstPending() {
    for (long from = start, next; from < end; from = next) {
      next = Math.min(end, nextPage(from));
      int begin = offset(from);
      int stop = endOffset(next);
      int settled = Arrays.mismatch(page(from), begin, stop, ALL_SETTLED, begin, stop);
      if (settled >= 0) {
        return from + settled;
      }
    }
    return end;
  }

  private void growPages() {
    long[][] old = pages;
    pages = new long[2 * old.length][];
    for (long page = firstPage; page < endPage; page++) {
      pages[slot(page)] = old[(int) page & (old.length - 1)];
    }
  }

  private long word(long sequence) {
    return page(sequence)[offset(sequence)];
  }

  private long[] page(long sequence) {
    return pages[slot(sequence >>> PAGE_SHIFT)];
  }

  private int slot(long page) {
    return (int) page & (pages.length - 1);
  }

  private static int offset(long sequence) {
    return (int) sequence & PAGE_MASK;
  }

  /** One past the offset of the last sequence below {@code end}. */
  private static int endOffset(long end) {
    return offset(end - 1) + 1;
  }

  private static long nextPage(long sequence) {
    return (sequence | PAGE_MASK) + 1;
  }
}
