package io.gpumq.trackb.spi;

import io.gpumq.kernels.HandlerSpec;

/**
 * A ring that kernels of this process can work on, one after the other. For one thread at a time.
 */
public interface MountedRing extends AutoCloseable {
  /**
   * Starts to work on what is published. The states of the ring's slots are in order for {@code
   * resume}, and no other kernel runs on it.
   *
   * @throws io.gpumq.api.ConfigException if the device has no room for one more kernel
   * @throws io.gpumq.api.TrackFailedException if the device has failed
   */
  RingKernel launch(HandlerSpec handler, Resume resume);

  /** Lets go of the ring's file. The last kernel must have ended, or have died. */
  @Override
  void close();
}
