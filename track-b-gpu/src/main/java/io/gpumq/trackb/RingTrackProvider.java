package io.gpumq.trackb;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.spi.TrackProvider;
import io.gpumq.trackb.device.CudaBackend;
import io.gpumq.trackb.device.HostBackend;
import io.gpumq.trackb.ring.LocalDevice;
import io.gpumq.trackb.ring.RingBackend;
import java.util.Map;
import java.util.TreeSet;

/**
 * Opens Track B: {@code b}. Settings: {@code cuda.device}, which GPU, from 0; {@code cuda.blocks},
 * thread blocks of each queue's kernel.
 */
public final class RingTrackProvider implements TrackProvider {
  private static final String DEVICE = "cuda.device";
  private static final String BLOCKS = "cuda.blocks";

  @Override
  public String name() {
    return "b";
  }

  @Override
  public Track open(TrackOptions options) {
    return new RingTrack(new LocalDevice(backend(options)));
  }

  private static RingBackend backend(TrackOptions options) {
    Map<String, String> settings = options.settings();
    var unknown = new TreeSet<>(settings.keySet());
    unknown.remove(DEVICE);
    unknown.remove(BLOCKS);
    if (!unknown.isEmpty()) {
      throw new ConfigException(
          "settings " + unknown + ": track b knows " + DEVICE + " and " + BLOCKS);
    }
    return switch (options.device()) {
      case "auto" -> CudaBackend.unavailable() == null ? cuda(settings) : new HostBackend();
      case "cuda" -> cuda(settings);
      case "host" -> new HostBackend();
      default ->
          throw new ConfigException(
              "device '" + options.device() + "': must be auto, cuda or host");
    };
  }

  private static RingBackend cuda(Map<String, String> settings) {
    return new CudaBackend(number(settings, DEVICE), number(settings, BLOCKS));
  }

  private static int number(Map<String, String> settings, String key) {
    String text = settings.getOrDefault(key, "0");
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new ConfigException(key + " '" + text + "': must be a whole number", e);
    }
  }
}
