package io.gpumq.trackb.ring;

/** A ring at work on a device. Safe for use by many threads. */
public interface RunningRing {
  /**
   * Begins to copy slots of the VRAM ring, one stride each, into the queue's read-area block.
   *
   * @param area the read area that they go to: copies of one area follow each other
   * @param firstSequence of a run of completed sequences that is not released
   * @param count slots of the run
   * @param readsOffset where the first goes, in bytes from the start of the read-area block
   * @throws io.gpumq.api.TrackFailedException if the device has failed or the ring is stopped
   */
  void read(int area, long firstSequence, int count, int readsOffset);

  /** Waits until everything that was asked for in {@code area} is there. */
  void awaitReads(int area);

  /**
   * Why this ring no longer runs, or {@code null} while it does. Asked some hundred times a second.
   */
  String failure();

  /** Sets the stop word, waits for the ring to end, and gives its memory back. Once. */
  void stop();
}
