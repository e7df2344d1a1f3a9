package io.gpumq.trackb.spi;

import java.nio.ByteBuffer;

/**
 * The arena of a track: one piece of device memory, taken once, in which entries lie and what the
 * device keeps of each ring for itself. Whoever made it owns it; kernels work on it in the same
 * process or, where it is shared, in another. Places are in units of 16 bytes, all counts in bytes.
 * Safe for use by many threads.
 *
 * <p>Every method but the last two throws {@link io.gpumq.api.TrackFailedException} if the device
 * has failed or the memory is closed.
 */
public interface Vram extends AutoCloseable {
  /** Its size. */
  long bytes();

  /**
   * One line by which {@link Backend#open} finds this memory in another process.
   *
   * @throws IllegalStateException if it was not made to be shared
   */
  String handle();

  /**
   * Makes a piece of the host's memory known to the copy engine. It is to be closed before the
   * arena, and the memory stays until then.
   *
   * @param memory direct, all of it
   */
  CopyEngine copyEngine(ByteBuffer memory);

  /** Copies bytes from the host's memory, and waits for that. */
  void write(long place, ByteBuffer from, int offset, int bytes);

  /** Reads as many words as fit into {@code words}. */
  void readWords(long place, long[] words);

  /** Writes words. No kernel may work on them. */
  void writeWords(long place, long[] words);

  /** Removes what keeps the memory of another process, which has ended without a word. */
  default void orphaned() {}

  /** Gives the memory back, if it is this process's own. Once; no kernel may run on it. */
  @Override
  void close();
}
