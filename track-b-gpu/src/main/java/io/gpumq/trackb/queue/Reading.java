package io.gpumq.trackb.queue;

import io.gpumq.trackb.link.Fetch;
import io.gpumq.trackb.log.LargeArea;
import io.gpumq.trackb.log.SegmentReads;
import java.nio.ByteBuffer;

/** How one reader reads from the store what is in no window. For one thread at a time. */
interface Reading extends AutoCloseable {
  /**
   * Begins to read for one poll: until the next call it reads by one ring, whose window stays. No
   * area of an earlier one may be held.
   *
   * @throws io.gpumq.api.TrackFailedException if none can be read by any more
   */
  void begin();

  /** Reads long runs into areas of the {@link #window}; {@code null} while nothing reads there. */
  SegmentReads areas();

  /** Reads large entries, of a queue that has such. */
  LargeArea large();

  /** The memory that areas lie in. */
  ByteBuffer window();

  /** To be asked while an area is waited for: throws when nothing comes any more. */
  Runnable alive();

  /**
   * Reads runs one by one, and waits until all are there: by the ring for reads, or, where that
   * does not run, by the copy engine.
   *
   * @throws io.gpumq.api.TrackFailedException if neither can read any more
   */
  void fetch(Fetch.Wanted wanted);

  /** Lets go of the window. */
  @Override
  void close();
}
