package io.gpumq.trackb.spi;

/**
 * The device's copy engine between a track's arena and one piece of the host's memory. It works
 * beside kernels, and while none runs; both ways go side by side. Places are in units of 16 bytes,
 * all else is in bytes. Safe for use by many threads: copies that are on their way at once touch
 * different bytes.
 *
 * <p>Every method throws {@link io.gpumq.api.TrackFailedException} if the device has failed, or the
 * arena is closed.
 */
public interface CopyEngine extends AutoCloseable {
  /**
   * Begins to copy to the arena. Until {@link #await} the memory stays as it is.
   *
   * @param place where it goes
   * @param from where it lies in the host's memory
   * @return the copy's number, which is to be awaited once
   */
  long write(long place, int from, int bytes);

  /**
   * Begins to copy from the arena.
   *
   * @param to where it goes in the host's memory
   * @return as {@link #write}
   */
  long read(long place, int to, int bytes);

  /** Waits until a copy is there. */
  void await(long copy);

  /** Lets go of the memory. Once, when nothing is on its way. */
  @Override
  void close();
}
