package io.gpumq.trackb.ring;

import java.util.TreeMap;

/**
 * Which messages are meant for one group alone: letters that were replayed to it. Nearly always
 * there is none, which one volatile read tells. Safe for use by many threads.
 *
 * <p>A producer enters a message between its claim and its publishing. Whoever acquires the
 * message's completion word sees the entry.
 */
final class Targets {
  /** Guarded by this object. */
  private final TreeMap<Long, String> groups = new TreeMap<>();

  /** The size of {@link #groups}, for readers without the lock. */
  private volatile int count;

  /** Returns whether every message is meant for every group. */
  boolean isEmpty() {
    return count == 0;
  }

  /** Enters a claimed message that is meant for one group alone. */
  synchronized void put(long sequence, String group) {
    groups.put(sequence, group);
    count = groups.size();
  }

  /** Returns whether a published message is meant for a group. */
  boolean isFor(long sequence, String group) {
    return isEmpty() || isAmong(sequence, group);
  }

  private synchronized boolean isAmong(long sequence, String group) {
    String target = groups.get(sequence);
    return target == null || target.equals(group);
  }

  /** Drops the messages below a sequence: they are released. */
  void dropBelow(long sequence) {
    if (!isEmpty()) {
      synchronized (this) {
        groups.headMap(sequence).clear();
        count = groups.size();
      }
    }
  }
}
