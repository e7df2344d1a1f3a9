package io.gpumq.trackb.queue;

import io.gpumq.trackb.delivery.Deliverable;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The messages that are for one group alone: dead letters that were replayed to it. There are few,
 * mostly none, so only their sequences are kept, until they are released.
 */
final class Targets {
  private static final long NONE = Long.MIN_VALUE;

  /** Made with the first, before {@link #end} tells of it. */
  private volatile ConcurrentSkipListMap<Long, String> groups;

  /** There is none from here on; written before a message of the kind is published. */
  private volatile long end = NONE;

  /** Says whom a message is for, before it is published. Under the lock that orders claims. */
  void put(long sequence, String group) {
    if (groups == null) {
      groups = new ConcurrentSkipListMap<>();
    }
    end = sequence + 1;
    groups.put(sequence, group);
  }

  /** There is none from here on. */
  long end() {
    return end;
  }

  /** Whether there is none that is not released. */
  boolean isEmpty() {
    return end == NONE || groups.isEmpty();
  }

  /** Forgets a message that was not sent after all. */
  void remove(long sequence) {
    groups.remove(sequence);
  }

  /** Forgets what is released. */
  void dropBelow(long released) {
    if (end != NONE) {
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
        boolean isPlain = from >= Targets.this.end;
        return isPlain ? all.runEnd(from, end) : Deliverable.super.runEnd(from, end);
      }

      @Override
      public long firstFrom(long from, long end) {
        long next = all.firstFrom(from, end);
        while (next < end && !isFor(next, group)) {
          next = all.firstFrom(next + 1, end);
        }
        return next;
      }
    };
  }

  private boolean isFor(long sequence, String group) {
    if (sequence >= end) {
      return true;
    }
    String target = groups.get(sequence);
    return target == null || target.equals(group);
  }
}
