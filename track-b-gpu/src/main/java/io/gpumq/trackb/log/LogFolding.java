package io.gpumq.trackb.log;

import io.gpumq.trackb.store.Segments;

/**
 * How a log becomes a {@link FoldedLog}, and another goes on where that ends. For one thread at a
 * time.
 */
public final class LogFolding {
  private final Tail tail;
  private final Watermarks marks;
  private final Progress progress;
  private final Deletions deletions;
  private final Segments segments;
  private final Kept kept;

  LogFolding(
      Tail tail,
      Watermarks marks,
      Progress progress,
      Deletions deletions,
      Segments segments,
      Kept kept) {
    this.tail = tail;
    this.marks = marks;
    this.progress = progress;
    this.deletions = deletions;
    this.segments = segments;
    this.kept = kept;
  }

  /**
   * Takes the log's lock, until {@link #end}. Before that the ring is to be asked how far it is:
   * under the lock nobody may.
   *
   * @return whether it may fold: nothing is under way, and nothing is about to be appended
   */
  public boolean begin() {
    tail.lock();
    return tail.reserved == 0 && progress.isStill(tail.claimed()) && segments.areStill();
  }

  /** Returns what the log is, which it stays until {@link #leave}. */
  public FoldedLog fold() {
    if (marks.released() == tail.claimed()) {
      segments.releaseBelow(tail.claimed(), false);
    }
    return new FoldedLog(
        tail.claimed(),
        marks.released(),
        tail.payloadBytes,
        deletions.count(),
        deletions.end(),
        progress.fold(),
        segments.fold());
  }

  /** Leaves the log with nothing: nobody may use it any more. Throws nothing. */
  public void leave() {
    progress.letGo();
    segments.leave();
  }

  /** Lets go of the lock. */
  public void end() {
    tail.unlock();
  }

  /** Has a log that is new go on where another was folded. Before all others; takes the lock. */
  public void unfold(FoldedLog folded) {
    tail.lock();
    try {
      tail.begin(folded.claimed(), folded.released(), folded.payloadBytes());
      progress.begin(folded);
      deletions.begin(folded);
      segments.unfold(folded.segments(), folded.claimed());
    } finally {
      tail.unlock();
    }
  }

  /**
   * Has it looked after from now on, once what was folded is that log's for good. Takes the lock.
   * Where this fails, the next entry does so.
   */
  public void noteUnfolded() {
    tail.lock();
    try {
      kept.note();
    } finally {
      tail.unlock();
    }
  }
}
