package io.gpumq.trackb.device;

import io.gpumq.api.ConfigException;
import io.gpumq.api.TrackOptions;
import io.gpumq.trackb.spi.Backend;
import java.util.Map;
import java.util.Set;
import jcuda.driver.JCudaDriver;

/**
 * Opens a device by its name. Settings: {@code cuda.device}, which GPU, from 0; {@code
 * cuda.blocks}, thread blocks of each ring's kernel; {@code cuda.idle-ms}, how long a ring has no
 * load before its kernel becomes one block, 1000.
 */
public final class Backends {
  private static final String DEVICE = "cuda.device";
  private static final String BLOCKS = "cuda.blocks";
  private static final String IDLE = "cuda.idle-ms";

  private static final int IDLE_MILLIS = 1000;

  /** The settings that a device understands. */
  public static final Set<String> SETTINGS = Set.of(DEVICE, BLOCKS, IDLE);

  private Backends() {}

  /**
   * @param options of which the settings of devices are looked at
   * @throws ConfigException if there is no such device
   * @throws io.gpumq.api.TrackUnavailableException if it cannot be had here
   */
  public static Backend open(TrackOptions options) {
    return switch (options.device()) {
      case "auto" -> CudaBackend.unavailable() == null ? cuda(options) : new HostBackend();
      case Cuda.DEVICE -> cuda(options);
      case HostBackend.DEVICE -> new HostBackend();
      default ->
          throw new ConfigException(
              "device '" + options.device() + "': must be auto, cuda or host");
    };
  }

  /** Returns a class of the library that speaks to CUDA, for the place that it came from. */
  public static Class<?> cudaClass() {
    return JCudaDriver.class;
  }

  private static Backend cuda(TrackOptions options) {
    return new CudaBackend(
        number(options, DEVICE, 0), number(options, BLOCKS, 0), number(options, IDLE, IDLE_MILLIS));
  }

  private static int number(TrackOptions options, String key, int usual) {
    Map<String, String> settings = options.settings();
    String text = settings.getOrDefault(key, Integer.toString(usual));
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new ConfigException(key + " '" + text + "': must be a whole number", e);
    }
  }
}
