package io.gpumq.api;

import java.util.Map;
import java.util.Objects;

/**
 * Says how to open a track. Immutable.
 *
 * @param device {@code auto} (the GPU where there is one), {@code cuda} or {@code host}
 * @param settings what one track alone understands, for example {@code redis.uri}; a track refuses
 *     a key that it does not know
 */
public record TrackOptions(String device, Map<String, String> settings) {
  /** Stands for device {@code auto} and no settings. */
  public static final TrackOptions DEFAULT = new TrackOptions("auto", Map.of());

  /** Keeps a copy of the settings. */
  public TrackOptions {
    Objects.requireNonNull(device, "device");
    settings = Map.copyOf(settings);
  }

  /** Returns these options with another device. */
  public TrackOptions withDevice(String other) {
    return new TrackOptions(other, settings);
  }
}
