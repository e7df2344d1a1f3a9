package io.gpumq.trackb.log;

import java.util.ArrayDeque;

/**
 * Logs that are drained, and keep a small segment for what comes next: one that is read at once
 * would take and give back memory with each message otherwise. One that nothing comes to between
 * two looks gives its segment back, and all do when the store is short. Safe for use by many
 * threads.
 */
public final class Resting {
  private final ArrayDeque<Kept> all = new ArrayDeque<>();

  synchronized void add(Kept log) {
    all.addLast(log);
  }

  private synchronized int size() {
    return all.size();
  }

  private synchronized Kept next() {
    return all.pollFirst();
  }

  /** Looks at each: for one thread, some times a second. */
  public void look() {
    look(false);
  }

  /**
   * Has all give back what they keep. The caller has no log's lock.
   *
   * @return whether there were some
   */
  boolean giveBack() {
    return look(true) > 0;
  }

  /** Under no lock of its own while it takes a log's, under which logs are added. */
  private int look(boolean isShort) {
    int count = size();
    int looked = 0;
    for (Kept log; looked < count && (log = next()) != null; looked++) {
      if (log.look(isShort)) {
        add(log);
      }
    }
    return looked;
  }
}
