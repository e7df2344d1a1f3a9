package io.gpumq.trackb.spi;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.memory.RingFile;

/** What keeps the entries of a track and handles them: a GPU, or threads. */
public interface Device extends AutoCloseable {
  /** {@code cuda} or {@code host}. */
  String name();

  /** One line for people: which hardware. */
  String describe();

  /** As {@link Backend#hasExpress}. */
  boolean hasExpress();

  /** The arena of the track. */
  Vram vram();

  /**
   * So many rings more are about to be started: so that a process that has no room for them is not
   * replaced once for each.
   */
  default void expect(int rings) {}

  /**
   * Starts to handle what is published in {@code file}. Every slot's state is {@link
   * RingShape#emptyStates empty}.
   *
   * @param host the ring's other side
   * @throws io.gpumq.api.ConfigException if the device has no room for one more ring
   * @throws io.gpumq.api.TrackFailedException if the device has failed
   */
  Carrier start(RingFile file, RingShape shape, HandlerSpec handler, HostSide host);

  /** Ends the device, and gives the arena back. Every ring must have been stopped. */
  @Override
  void close();
}
