package io.gpumq.trackb.log;

import io.gpumq.trackb.store.Segment;
import java.util.function.BooleanSupplier;

/**
 * A segment that its log has left. Who had set a hold by then may still read there; who does later
 * finds entries elsewhere.
 *
 * @param freed bytes that others have more then
 * @param haveReadersEnded tells whether all have who read when it was left
 */
record LeftSegment(
    SealedSegments sealed, Segment segment, int freed, BooleanSupplier haveReadersEnded) {
  /** Gives it back. Once, when they have. */
  void free() {
    sealed.free(segment);
  }
}
