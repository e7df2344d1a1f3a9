package io.gpumq.trackb.ring;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps a closed queue's memory for producers that still write what they have claimed. A writer may
 * take as long as it likes, and the close goes on. Safe for use by many threads.
 */
final class LateWriters {
  private static final long NOBODY = -1;

  private final SharedFile file;
  private final IngressRing ingress;

  /** Kept until everything below is published. */
  private final AtomicLong keptTo = new AtomicLong(NOBODY);

  LateWriters(SharedFile file, IngressRing ingress) {
    this.file = file;
    this.ingress = ingress;
  }

  /** Holds the memory for those that write now. Once, behind the close of the queue's state. */
  void keep() {
    long claimed = ingress.end();
    if (ingress.published() < claimed) {
      file.hold();
      keptTo.set(claimed);
      // Pairs with the full fence in IngressRing.publish(): a producer that published before this
      // was set does not find it in its leave(), but then this look finds what it published.
      leave();
    }
  }

  /** A claim was published, and the queue is closed: the last such gives the memory back. */
  void leave() {
    long kept = keptTo.get();
    if (kept != NOBODY && ingress.published() >= kept && keptTo.compareAndSet(kept, NOBODY)) {
      file.release();
    }
  }
}
