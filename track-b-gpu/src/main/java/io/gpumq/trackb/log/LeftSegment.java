package io.gpumq.trackb.log;

import io.gpumq.trackb.store.Segment;

/** A segment that its log has left, and in which somebody may still read. */
record LeftSegment(SealedSegments sealed, Living living, Segment segment) {
  /**
   * Gives it back, if nobody reads there any more. Who finds entries from now on finds them
   * elsewhere: so it is enough that no reader holds one of these at one time.
   */
  boolean tryFree() {
    boolean isFree = living.heldFrom() >= segment.end();
    if (isFree) {
      sealed.free(segment);
    }
    return isFree;
  }
}
