package io.gpumq.tracka;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** What a consumer has fetched in the last few milliseconds. For one thread at a time. */
final class RecentFetches {
  private record Fetch(long nanos, long[] sequences) {}

  private final Deque<Fetch> fetches = new ArrayDeque<>();

  /** Notes what was fetched; by {@code nanos} it was here. */
  void add(long nanos, RedisBatch batch) {
    if (batch.fetched() > 0) {
      long[] sequences = new long[batch.fetched()];
      for (int i = 0; i < sequences.length; i++) {
        sequences[i] = batch.sequenceAt(i);
      }
      fetches.addLast(new Fetch(nanos, sequences));
    }
  }

  /** Forgets what was here before. */
  void dropBefore(long nanos) {
    while (!fetches.isEmpty() && fetches.getFirst().nanos - nanos < 0) {
      fetches.removeFirst();
    }
  }

  Set<Long> sequences() {
    Set<Long> all = new HashSet<>();
    for (Fetch fetch : fetches) {
      for (long sequence : fetch.sequences) {
        all.add(sequence);
      }
    }
    return all;
  }
}
