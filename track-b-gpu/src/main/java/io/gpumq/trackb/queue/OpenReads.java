package io.gpumq.trackb.queue;

import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.link.Keeps;
import io.gpumq.trackb.log.SegmentReads;

/**
 * The ring for reads while it runs, and what is read by it.
 *
 * @param areas that take most of its window; the rest is for single reads
 * @param keeps what the cleaner moves by it
 * @param alive throws when the ring does not run any more; made once
 */
record OpenReads(OpenRing ring, SegmentReads areas, Keeps keeps, Runnable alive) {
  static OpenReads of(OpenRing ring) {
    var areas = new SegmentReads(ring.ring(), RingShape.READ_AREAS);
    return new OpenReads(ring, areas, new Keeps(ring.ring()), ring::requireRunning);
  }
}
