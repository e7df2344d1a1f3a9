package io.gpumq.trackb.queue;

import io.gpumq.api.Batch;
import io.gpumq.spi.Steps;

/**
 * What one consumer takes: a batch of one lane each time. A lane that has entries is read on and
 * on, since what a consumer needs of it lies in its processor's cache by then. Consumers spread:
 * one leaves for a lane that fewer read. So that no lane depends on a consumer which takes its
 * time, each goes through all of them now and then. For one thread at a time.
 */
final class Taking {
  /** Batches of a lane after which another may be in greater need. */
  private static final int SOME_IN_A_ROW = 16;

  /** Batches of whichever lanes between two turns: each lane has its own, whoever reads there. */
  private static final int MOST_BETWEEN_TURNS = 128;

  private final Part[] parts;
  private final int owner;
  private final EntryBatch batch;
  private final boolean hasLarge;

  /** The lane to be polled next, and how many batches in a row have come from it. */
  private int at;

  private int inARow;

  /** The lane that had its turn last, and how many batches have been taken since. */
  private int turn;

  private int sinceTurn;

  /** Whose entries were taken last. */
  private Part polled;

  /** Where it counts as a reader: where it has taken something last, or nowhere. */
  private Part joined;

  /**
   * @param parts one of each lane
   * @param home the lane that is read first
   * @param hasLarge whether its queue may have large entries
   */
  Taking(Part[] parts, int owner, int home, EntryBatch batch, boolean hasLarge) {
    this.parts = parts;
    this.owner = owner;
    this.batch = batch;
    this.hasLarge = hasLarge;
    at = home;
    turn = home;
    polled = parts[home];
  }

  /** Whose entries were taken last. */
  Part polled() {
    return polled;
  }

  /** Takes what is there now, and finds it; returns {@code null} if there is nothing. */
  Batch take(int max) {
    if (!lease(max)) {
      return null;
    }
    try {
      Batch taken = batch.load(polled.lane(), polled.delivery(), polled.takingBack());
      polled.hold().letGo();
      return taken;
    } catch (Throwable e) {
      undo(e);
      throw e;
    }
  }

  /**
   * Takes what is there now, to be found together with what others take; {@link #end} or {@link
   * #undo} must follow.
   *
   * @param mayOwn as {@link EntryFinder#begin} says
   * @return whether there is something
   */
  boolean begin(int max, boolean mayOwn) {
    if (!lease(max)) {
      return false;
    }
    try {
      batch.beginJointly(polled.lane(), polled.delivery(), mayOwn);
      return true;
    } catch (Throwable e) {
      undo(e);
      throw e;
    }
  }

  /** Ends what has begun: all that it wanted is there. */
  Batch end() {
    Batch taken = batch.end(polled.delivery(), polled.takingBack());
    polled.hold().letGo();
    return taken;
  }

  /** What was taken cannot be had now, or not together: it is nobody's, and found at once. */
  void undo(Throwable why) {
    Steps.undo(
        why,
        () -> polled.takingBack().accept(polled.delivery()),
        batch::release,
        polled.hold()::letGo);
  }

  /** Polls the lanes once, from the last one on, up to the first that has entries. */
  private boolean lease(int max) {
    if (sinceTurn == MOST_BETWEEN_TURNS) {
      takeTurn();
    } else if (inARow % SOME_IN_A_ROW == SOME_IN_A_ROW - 1) {
      spread();
    }
    for (int i = 0; i < parts.length; i++) {
      polled = parts[at];
      if (lease(polled, most(polled, max)) > 0) {
        inARow++;
        sinceTurn++;
        join(polled);
        return true;
      }
      moveOn();
    }
    return false;
  }

  /** How many entries to take, by their size. */
  private int most(Part part, int max) {
    return hasLarge
        ? Portion.of(part.lane(), part.group().cursor(), max)
        : Math.min(max, batch.mostEntries());
  }

  private void moveOn() {
    goTo(at + 1);
  }

  private void takeTurn() {
    turn = turn + 1 & parts.length - 1;
    sinceTurn = 0;
    goTo(turn);
  }

  private void goTo(int lane) {
    at = lane & parts.length - 1;
    inARow = 0;
  }

  /** Goes to the next lane that fewer read than this one, with this consumer there. */
  private void spread() {
    int here = parts[at].group().readership().count();
    for (int i = 1; i < parts.length; i++) {
      int next = at + i & parts.length - 1;
      int there = parts[next].group().readership().count();
      if (there == 0 || there + 1 < here) {
        goTo(next);
        return;
      }
    }
  }

  private void join(Part part) {
    if (part != joined) {
      leave();
      part.group().readership().join();
      joined = part;
    }
  }

  /** Counts as a reader nowhere. */
  void leave() {
    if (joined != null) {
      joined.group().readership().leave();
      joined = null;
    }
  }

  private int lease(Part part, int most) {
    int taken = 0;
    try {
      long completed = part.lane().pass(part.group(), most);
      taken = part.group().take(part.delivery(), most, owner, completed);
    } finally {
      if (taken == 0) {
        part.hold().letGo(); // also of what a take that failed had leased
      }
    }
    return taken;
  }
}
