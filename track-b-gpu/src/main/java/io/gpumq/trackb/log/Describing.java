package io.gpumq.trackb.log;

import io.gpumq.trackb.link.Keeps;
import io.gpumq.trackb.store.Segment;
import java.util.List;

/** Has headers written of segments to which nothing is added any more. */
final class Describing implements CleaningStep {
  private final SealedSegments sealed;
  private final List<Segment> segments;
  private int asked;

  /**
   * @param segments are pinned until their headers are written
   */
  Describing(SealedSegments sealed, List<Segment> segments) {
    this.sealed = sealed;
    this.segments = segments;
  }

  @Override
  public boolean advance(Keeps by) {
    while (asked < segments.size()) {
      Segment segment = segments.get(asked);
      if (!by.ask(sealed.header(segment), segment.place(), segment.place(), 0)) {
        return false;
      }
      asked++;
    }
    if (!by.hasLanded()) {
      return false;
    }
    sealed.unpin(segments, !by.tellFailure());
    return true;
  }
}
