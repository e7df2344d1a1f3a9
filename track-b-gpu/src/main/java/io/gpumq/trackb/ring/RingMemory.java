package io.gpumq.trackb.ring;

import java.nio.ByteBuffer;

/**
 * What is VRAM on a GPU: the slots of a ring, and their state words. Whoever made it owns it; a
 * kernel works on it in the same process or, where it is shared, in another. Safe for use by many
 * threads.
 *
 * <p>States and slots are written here only while no kernel runs on it.
 */
public interface RingMemory extends AutoCloseable {
  /**
   * One line by which {@link RingBackend#open} finds this memory in another process.
   *
   * @throws IllegalStateException if it was not made to be shared
   */
  String handle();

  /**
   * Begins to copy slots, one stride each, into the queue's read-area block.
   *
   * @param area the read area that they go to: copies of one area follow each other
   * @param firstSequence of a run of completed sequences that is not released
   * @param count slots of the run
   * @param readsOffset where the first goes, in bytes from the start of the read-area block
   * @throws io.gpumq.api.TrackFailedException if the device has failed or the memory is closed
   */
  void read(int area, long firstSequence, int count, int readsOffset);

  /** Waits until everything that was asked for in {@code area} is there. */
  void awaitReads(int area);

  /** Reads the state words of as many sequences as fit into {@code words}, at most a lap. */
  void readStates(long firstSequence, long[] words);

  /** Writes the state words of a run of sequences, at most a lap. */
  void writeStates(long firstSequence, long[] words);

  /**
   * Writes a sequence's slot.
   *
   * @param slot a direct buffer of one stride: payload, then result
   */
  void writeSlot(long sequence, ByteBuffer slot);

  /** Gives the memory back, if it is this process's own. Once; no kernel may run on it. */
  @Override
  void close();
}
