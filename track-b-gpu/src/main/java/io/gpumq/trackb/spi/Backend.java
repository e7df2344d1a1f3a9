package io.gpumq.trackb.spi;

import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.memory.RingFile;
import java.util.Map;

/**
 * The two halves of a device: memory, and kernels that work on it. In one process both are used;
 * isolated, the owner makes the memory, and a device process opens it and runs the kernels.
 */
public interface Backend extends AutoCloseable {
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

  /** Device memory that is free for an arena, in bytes. */
  long freeBytes();

  /** How much a track takes for its arena where nobody says, in bytes. */
  long usualBytes();

  /**
   * Takes memory for an arena.
   *
   * @param bytes of it
   * @param shared whether another process is to open it
   * @throws io.gpumq.api.ConfigException if there is no room for it: says how much there is
   * @throws io.gpumq.api.TrackFailedException if the device has failed
   */
  Vram allocate(long bytes, boolean shared);

  /**
   * Opens memory that another process took, for kernels of this one.
   *
   * @param handle as its owner's {@link Vram#handle} says it
   * @throws io.gpumq.api.ConfigException if it cannot be opened: says why
   */
  Vram open(String handle, long bytes);

  /**
   * Makes a ring's file known to the device, for kernels of this process.
   *
   * @param vram from this backend: the ring's words are there
   * @throws io.gpumq.api.ConfigException if the device has no room for one more ring
   * @throws io.gpumq.api.TrackFailedException if the device has failed
   */
  MountedRing mount(RingFile file, RingShape shape, Vram vram);

  /** Ends the device. Every ring must have been closed, and all memory. */
  @Override
  void close();
}
