package io.gpumq.soak.suite;

import io.gpumq.api.Track;
import java.util.Map;

/** Opens the tracks of a suite, on the device that it is run on. */
@FunctionalInterface
public interface Opener {
  /**
   * Opens a track, which the caller closes.
   *
   * @param name {@code a} or {@code b}
   * @param settings that the track is to have
   * @throws io.gpumq.api.GpuMqException if it cannot be had
   */
  Track open(String name, Map<String, String> settings);
}
