package io.gpumq.trackb.queue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The open readers of a queue. Safe for use by many threads. */
final class Readers {
  /** Made with the first, and gone with the last. Guarded by this object. */
  private Set<QueueReader> open = Set.of();

  /** Notes a reader, which may read from now on. */
  synchronized QueueReader add(QueueReader reader) {
    if (open.isEmpty()) {
      open = new HashSet<>();
    }
    open.add(reader);
    return reader;
  }

  /** Forgets a reader that has ended. */
  synchronized void remove(QueueReader reader) {
    if (open.contains(reader)) {
      open.remove(reader);
      open = open.isEmpty() ? Set.of() : open;
    }
  }

  /** The queue is closed: waits for those that are within a call, which find that out next. */
  void endWithQueue() {
    List<QueueReader> all;
    synchronized (this) {
      all = List.copyOf(open);
    }
    all.forEach(QueueReader::awaitLeft);
  }
}
