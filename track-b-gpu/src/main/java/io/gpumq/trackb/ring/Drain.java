package io.gpumq.trackb.ring;

import io.gpumq.spi.Closing;
import io.gpumq.trackb.waiting.Backoff;
import java.util.ArrayList;
import java.util.List;

/** The wait of a close for what is under way in all rings of its queue. */
final class Drain {
  private Drain() {}

  /**
   * Waits until no ring drains any more, the time for it is over, or the caller is interrupted. A
   * ring that has failed does not drain, nor does one that throws: its own close tells of that.
   */
  static void await(Closing by, RingQueue... rings) {
    List<RingQueue> draining = new ArrayList<>(List.of(rings));
    Backoff backoff = new Backoff();
    while (true) {
      draining.removeIf(ring -> !isDraining(ring));
      if (draining.isEmpty() || by.isOver() || Thread.currentThread().isInterrupted()) {
        return;
      }
      backoff.pause();
    }
  }

  private static boolean isDraining(RingQueue ring) {
    try {
      return ring.hasUnreleased() && !ring.state().hasFailed();
    } catch (Throwable e) {
      return false;
    }
  }
}
