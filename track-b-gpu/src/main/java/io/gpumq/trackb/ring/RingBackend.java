package io.gpumq.trackb.ring;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.spi.Resume;
import io.gpumq.trackb.spi.RingKernel;
import java.util.Map;

/**
 * The two halves of a device: memory for rings, and kernels that work on it. In one process both
 * are used; isolated, the owner makes the memory, and a device process opens it and runs the
 * kernel.
 */
public interface RingBackend extends AutoCloseable {
  /** {@code cuda} or {@code host}. */
  String name();

  /** One line for people: which hardware. */
  String describe();

  /**
   * Whether it takes messages by express: worth the while of producers where a trip to the device
   * takes long.
   */
  boolean hasExpress();

  /** How many rings one process can work on at once. */
  int mostRings();

  /**
   * Environment variables for a process that is to work on so many rings at once, over those of
   * this one.
   */
  Map<String, String> environment(int rings);

  /**
   * Makes the memory of a ring, every slot empty.
   *
   * @param shared whether another process is to open it
   * @throws io.gpumq.api.ConfigException if there is no room for it: says how much there is
   * @throws io.gpumq.api.TrackFailedException if the device has failed
   */
  RingMemory allocate(SharedFile file, RingGeometry geometry, boolean shared);

  /**
   * Opens memory that another process made.
   *
   * @param handle as its owner's {@link RingMemory#handle} says it
   * @throws io.gpumq.api.ConfigException if it cannot be opened: says why
   */
  RingMemory open(SharedFile file, RingGeometry geometry, String handle);

  /**
   * Starts to work on what is published in {@code file}.
   *
   * @param memory from this backend
   * @throws io.gpumq.api.ConfigException if the device has no room for one more kernel
   * @throws io.gpumq.api.TrackFailedException if the device has failed
   */
  RingKernel launch(
      SharedFile file,
      RingGeometry geometry,
      HandlerSpec handler,
      RingMemory memory,
      Resume resume);

  /** Ends the device. Every kernel must have ended, all memory be closed. */
  @Override
  void close();
}
