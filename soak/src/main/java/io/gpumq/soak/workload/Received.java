package io.gpumq.soak.workload;

import java.util.Arrays;

/**
 * Which sequences of one producer one consumer saw, as ranges: one comparison for a sequence that
 * follows its predecessor, one range for each gap. Exact for any number of messages, and grows with
 * the gaps alone. For one thread at a time.
 */
final class Received {
  /** Ranges that rise and do not overlap: first sequence, and the one after the last. */
  private long[] from = new long[16];

  private long[] to = new long[16];
  private int ranges;
  private long expected = -1;

  /** Sequences below one that was seen before them: either out of order or seen twice. */
  private long[] late = new long[16];

  private int lateCount;

  /** With nothing seen yet. */
  Received() {}

  /** With the first {@code count} sequences seen. */
  Received(long count) {
    if (count > 0) {
      addApart(0);
      expected = count;
    }
  }

  void add(long sequence) {
    if (sequence == expected) {
      expected = sequence + 1;
    } else {
      addApart(sequence);
    }
  }

  private void addApart(long sequence) {
    if (sequence < expected) {
      if (lateCount == late.length) {
        late = Arrays.copyOf(late, 2 * lateCount);
      }
      late[lateCount++] = sequence;
      return;
    }
    finishRange();
    if (ranges == from.length) {
      from = Arrays.copyOf(from, 2 * ranges);
      to = Arrays.copyOf(to, 2 * ranges);
    }
    from[ranges++] = sequence;
    expected = sequence + 1;
  }

  private void finishRange() {
    if (ranges > 0) {
      to[ranges - 1] = expected;
    }
  }

  /** The distinct sequences whose first sighting came after a higher one, rising. */
  long[] reordered() {
    finishRange();
    return Arrays.stream(late, 0, lateCount)
        .filter(sequence -> !inRanges(sequence))
        .sorted()
        .distinct()
        .toArray();
  }

  /** Adds every range, single late sequences as ranges of one. */
  void collectInto(Ranges all) {
    finishRange();
    for (int i = 0; i < ranges; i++) {
      all.add(from[i], to[i]);
    }
    for (int i = 0; i < lateCount; i++) {
      all.add(late[i], late[i] + 1);
    }
  }

  private boolean inRanges(long sequence) {
    int at = Arrays.binarySearch(from, 0, ranges, sequence);
    return at >= 0 || (at < -1 && sequence < to[-at - 2]);
  }
}
