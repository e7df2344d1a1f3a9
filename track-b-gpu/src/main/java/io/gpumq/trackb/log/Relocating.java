package io.gpumq.trackb.log;

import io.gpumq.trackb.link.Keeps;
import io.gpumq.trackb.store.Segment;

/**
 * Moves a segment as it is: one KEEP brings its header and all behind that to another place. Until
 * that has landed its entries are read where they were. Then the log says that they lie there, and
 * has left the place before.
 */
final class Relocating {
  private final SealedSegments sealed;
  private final Segment from;
  private final Segment to;
  private boolean isAsked;
  private boolean hasMoved;

  /**
   * @param to what it is at the new place
   */
  Relocating(SealedSegments sealed, Segment from, Segment to) {
    this.sealed = sealed;
    this.from = from;
    this.to = to;
  }

  SealedSegments log() {
    return sealed;
  }

  Segment from() {
    return from;
  }

  Segment to() {
    return to;
  }

  /**
   * Goes on with it, as far as nothing has to be waited for.
   *
   * @return whether it is over
   */
  boolean advance(Keeps by) {
    if (hasMoved) {
      return true;
    }
    isAsked = isAsked || ask(by);
    if (!isAsked || !by.hasLanded()) {
      return false;
    }
    hasMoved = !by.tellFailure() && sealed.move(from, to);
    if (!hasMoved) {
      sealed.free(to);
    }
    return true;
  }

  private boolean ask(Keeps by) {
    long source = from.place() + Segment.HEADER_UNITS;
    int units = to.usedUnits() - Segment.HEADER_UNITS;
    return by.ask(sealed.header(to), to.place(), source, units);
  }

  /** Whether it has moved, once it is over: else it has changed, or gone, meanwhile. */
  boolean hasMoved() {
    return hasMoved;
  }
}
