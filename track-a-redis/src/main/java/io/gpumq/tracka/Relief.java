package io.gpumq.tracka;

import io.gpumq.api.QueueClosedException;
import io.gpumq.api.TrackFailedException;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes room where Redis has no memory: messages go that queues of the track keep until their room
 * is needed, the oldest first. Safe for use by many threads.
 */
final class Relief {
  private final Set<Yielder> yielders = ConcurrentHashMap.newKeySet();

  /**
   * A queue that has something to give.
   *
   * @param link which nobody else uses
   */
  record Yielder(Trimmer trimmer, Link link) {
    /** Its oldest message; the largest number if there is none, or it cannot be asked. */
    private long oldest() {
      try {
        return trimmer.oldest(link);
      } catch (QueueClosedException | TrackFailedException e) {
        return Long.MAX_VALUE;
      }
    }

    private boolean giveSome() {
      try {
        return trimmer.yieldTo(link);
      } catch (QueueClosedException | TrackFailedException e) {
        return false;
      }
    }
  }

  void add(Yielder yielder) {
    yielders.add(yielder);
  }

  void remove(Yielder yielder) {
    yielders.remove(yielder);
  }

  /** A yielder, and its oldest message as it was asked for. */
  private record Asked(long oldest, Yielder yielder) {}

  /** Has some messages go; returns whether there were any. */
  boolean makeRoom() {
    return yielders.stream()
        .map(yielder -> new Asked(yielder.oldest(), yielder))
        .sorted(Comparator.comparingLong(Asked::oldest))
        .anyMatch(asked -> asked.yielder().giveSome());
  }
}
