package io.gpumq.trackb.queue;

import io.gpumq.trackb.link.Fetch;
import io.gpumq.trackb.log.SegmentReads;
import java.nio.ByteBuffer;

/** How one reader reads from the store what is in no window. For one thread at a time. */
interface Reading {
  /** Reads whole segments. */
  SegmentReads segments();

  /**
   * Reads runs one by one, and waits until all are there: by the ring for reads, or, where that
   * does not run, by the copy engine.
   *
   * @throws io.gpumq.api.TrackFailedException if neither can read any more
   */
  void fetch(Fetch.Wanted wanted, ByteBuffer memory);
}
