package io.gpumq.trackb.queue;

import io.gpumq.api.QueueClosedException;
import java.util.function.Supplier;

/**
 * Looks at the memory of a queue's rings beside a close, which gives it back: it stays for as long
 * as a look takes. Safe for use by many threads.
 */
final class Looks {
  private final OpenRing[] rings;
  private final QueueState state;

  Looks(OpenRing[] rings, QueueState state) {
    this.rings = rings;
    this.state = state;
  }

  /**
   * Looks.
   *
   * @param gone what to answer where there is none to look at: the queue is closed by then
   */
  <T> T at(Supplier<T> look, Supplier<T> gone) {
    int held = 0;
    try {
      while (held < rings.length && rings[held].tryHold()) {
        held++;
      }
      return held == rings.length ? look.get() : gone.get();
    } catch (QueueClosedException e) {
      return gone.get(); // closed while it looked
    } finally {
      while (held > 0) {
        rings[--held].letGo();
      }
    }
  }

  /** Looks, or throws where there is nothing to look at. */
  <T> T at(Supplier<T> look) {
    return at(look, this::gone);
  }

  private <T> T gone() {
    state.requireUsable();
    throw new IllegalStateException("the rings of a queue that is open are closed");
  }

  /** {@link #at(Supplier)} for a look that answers nothing. */
  void run(Runnable look) {
    at(() -> answering(look));
  }

  private static boolean answering(Runnable look) {
    look.run();
    return true;
  }
}
