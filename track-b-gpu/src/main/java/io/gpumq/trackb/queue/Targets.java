package io.gpumq.trackb.queue;

import io.gpumq.trackb.delivery.Deliverable;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The messages that are for one group alone: dead letters that were replayed to it. There are few,
 * mostly none, so only their sequences are kept, until they are released.
 */
final class Targets {
  private final ConcurrentSkipListMap<Long, String> groups = new ConcurrentSkipListMap<>();

  /** Whether there was ever one; written before the first message of the kind is published. */
  private volatile boolean some;

  /** Says whom a message is for, before it is published. */
  void put(long sequence, String group) {
    some = true;
    groups.put(sequence, group);
  }

  /** Forgets a message that was not sent after all. */
  void remove(long sequence) {
    groups.remove(sequence);
  }

  /** Forgets what is released. */
  void dropBelow(long released) {
    if (some) {
      groups.headMap(released).clear();
    }
  }

  /** What one group's consumers are to see of all that consumers are to see. */
  Deliverable of(String group, Deliverable all) {
    return new Deliverable() {
      @Override
      public boolean deliverable(long sequence) {
        return all.deliverable(sequence) && isFor(sequence, group);
      }

      @Override
      public long runEnd(long from, long end) {
        return some ? Deliverable.super.runEnd(from, end) : all.runEnd(from, end);
      }
    };
  }

  private boolean isFor(long sequence, String group) {
    if (!some) {
      return true;
    }
    String target = groups.get(sequence);
    return target == null || target.equals(group);
  }
}
