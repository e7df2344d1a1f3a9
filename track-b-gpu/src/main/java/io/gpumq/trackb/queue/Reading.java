package io.gpumq.trackb.queue;

import io.gpumq.trackb.link.Fetch;
import io.gpumq.trackb.log.SegmentReads;
import java.nio.ByteBuffer;

/** How one reader reads from the store what is in no window. For one thread at a time. */
interface Reading {
  /** Reads whole segments. */
  SegmentReads segments();

  /** Reads runs one by one, as {@link Fetch#read}. */
  int fetch(Fetch.Wanted wanted, int from, ByteBuffer memory, Runnable alive);
}
