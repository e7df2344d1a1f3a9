package io.gpumq.api;

import io.gpumq.spi.TrackProvider;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Finds the tracks on the class path and opens one. */
public final class Tracks {
  private Tracks() {}

  /**
   * Opens the track of that name. Any thread may; each call opens another.
   *
   * @param name {@code a} (Redis Streams) or {@code b} (GPU memory)
   * @param options device and settings
   * @return the track, to be closed by the caller
   * @throws ConfigException if there is no such track, or the options name an unknown device or
   *     setting
   * @throws TrackUnavailableException if what the track runs on cannot be had: no driver, no Redis
   */
  public static Track open(String name, TrackOptions options) {
    var found = new TreeMap<String, TrackProvider>();
    for (TrackProvider provider : ServiceLoader.load(TrackProvider.class)) {
      found.put(provider.name(), provider);
    }
    TrackProvider provider = found.get(name);
    if (provider == null) {
      throw new ConfigException(
          "track '" + name + "': must be one of " + found.keySet() + " on this class path");
    }
    return provider.open(options);
  }
}
