package io.gpumq.trackb.store;

import java.util.function.Consumer;

/**
 * The segments of a lane that nobody uses.
 *
 * @param all of them, from the oldest on; whoever gets them owns them
 * @param lastUsed what the last segment of entries that are not large came to hold, in bytes
 */
public record FoldedSegments(Segment[] all, int lastUsed) {
  /** Of a lane that has none: the next begins as the first did. */
  static final FoldedSegments NONE = new FoldedSegments(new Segment[0], 0);

  /** Tells of all that could move: those of which entries are there. */
  public void eachStill(Consumer<Segment> each) {
    for (Segment segment : all) {
      if (segment.entries() > 0) {
        each.accept(segment);
      }
    }
  }

  /** Bytes of the store that they take. */
  public long heldBytes() {
    long bytes = 0;
    for (Segment segment : all) {
      bytes += segment.bytes();
    }
    return bytes;
  }
}
