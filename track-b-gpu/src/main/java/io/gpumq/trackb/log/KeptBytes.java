package io.gpumq.trackb.log;

import io.gpumq.trackb.store.SegmentBytes;
import io.gpumq.trackb.store.Segments;
import java.util.function.LongSupplier;

/**
 * How the bytes that a log keeps lie along its sequences. Safe for use by many threads; each call
 * takes the log's lock.
 */
public final class KeptBytes {
  private final Tail tail;
  private final Segments segments;
  private final SegmentBytes bytes;

  /**
   * @param tail the log's lock
   */
  KeptBytes(Tail tail, Segments segments) {
    this.tail = tail;
    this.segments = segments;
    bytes = new SegmentBytes(segments);
  }

  /** Bytes of the store that it holds. */
  public long heldBytes() {
    return ask(segments::heldBytes);
  }

  /** As {@link SegmentBytes#oldestNumber}. */
  public long oldestNumber() {
    return ask(bytes::oldestNumber);
  }

  /** As {@link SegmentBytes#oldestEnd}. */
  public long oldestEnd() {
    return ask(bytes::oldestEnd);
  }

  /** As {@link SegmentBytes#endBeyond}. */
  public long endBeyond(long held) {
    return ask(() -> bytes.endBeyond(held));
  }

  /** As {@link SegmentBytes#within}. */
  public long within(long held) {
    return ask(() -> bytes.within(held));
  }

  private long ask(LongSupplier question) {
    tail.lock();
    try {
      return question.getAsLong();
    } finally {
      tail.unlock();
    }
  }
}
