package io.gpumq.trackb.ring;

import io.gpumq.kernels.HandlerSpec;
import java.util.function.LongSupplier;

/** What holds the VRAM rings and handles the messages: a GPU, or threads. */
public interface RingDevice extends AutoCloseable {
  /** {@code cuda} or {@code host}. */
  String name();

  /** One line for people: which hardware. */
  String describe();

  /**
   * Whether it takes messages by express: worth the while of producers where a trip to the device
   * takes long.
   */
  boolean hasExpress();

  /**
   * Makes a VRAM ring and starts handling what is published in {@code file}.
   *
   * @param landed tells below which sequence every completion word was seen in its place
   * @throws io.gpumq.api.ConfigException if the device cannot hold the ring: says how much it has
   * @throws io.gpumq.api.TrackFailedException if the device has failed
   */
  RunningRing start(
      SharedFile file, RingGeometry geometry, HandlerSpec handler, LongSupplier landed);

  /** Ends the device. Every ring must have been stopped. */
  @Override
  void close();
}
