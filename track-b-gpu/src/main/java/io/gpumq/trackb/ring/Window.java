package io.gpumq.trackb.ring;

import io.gpumq.trackb.layout.ControlBlock;
import java.util.ArrayList;
import java.util.List;

/**
 * The host's side of the egress window: says how far the device may push, so that no slot is
 * overwritten while it is read.
 *
 * <p>The device pushes the result of a sequence below the limit; sequence {@code s} lies in slot
 * {@code s & mask} until the limit passes {@code s + slots}. The limit follows the reader that is
 * furthest ahead, and waits for every one that is reading right now; whoever finds its entries
 * passed by reads them from VRAM.
 */
final class Window {
  /** One reader's claim on what it reads. Guarded by the window. */
  static final class Hold {
    private static final long NONE = Long.MAX_VALUE;
    private long from = NONE;
  }

  private final ControlBlock control;
  private final int slots;
  private final List<Hold> holds = new ArrayList<>();
  private long ahead;
  private long limit;

  Window(ControlBlock control, RingGeometry g) {
    this.control = control;
    this.slots = g.windowSlots();
    this.ahead = g.firstSequence();
    this.limit = ahead + slots;
    control.releasePushLimit(limit);
  }

  synchronized Hold join() {
    Hold hold = new Hold();
    holds.add(hold);
    return hold;
  }

  synchronized void leave(Hold hold) {
    holds.remove(hold);
    raise();
  }

  /**
   * Keeps the window slots of a run of pushed sequences until {@link #release}.
   *
   * @return false if the first may have been overwritten: nothing is held then
   */
  synchronized boolean hold(Hold hold, long first, long end) {
    if (limit > first + slots) {
      return false;
    }
    hold.from = first;
    passed(end);
    return true;
  }

  synchronized void release(Hold hold) {
    hold.from = Hold.NONE;
    raise();
  }

  /** A reader has come to {@code end}. */
  synchronized void passed(long end) {
    ahead = Math.max(ahead, end);
    raise();
  }

  private void raise() {
    long lowest = ahead;
    for (int i = 0; i < holds.size(); i++) {
      lowest = Math.min(lowest, holds.get(i).from);
    }
    // In steps, so that the word that the device polls does not change with every message.
    if (lowest + slots - limit > slots / 8) {
      limit = lowest + slots;
      control.releasePushLimit(limit);
    }
  }
}
