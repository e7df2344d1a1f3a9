package io.gpumq.spi;

import io.gpumq.api.ConfigException;
import io.gpumq.api.TrackUnavailableException;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/** Chooses a {@link BatchDevice} by name. */
public final class BatchDevices {
  private BatchDevices() {}

  /**
   * Opens the device of that name, or for {@code auto} the most preferred one that can be used.
   *
   * @throws ConfigException if there is no device of that name
   * @throws TrackUnavailableException if it cannot be used here; says why
   */
  public static BatchDevice open(String name) {
    List<BatchDeviceProvider> found =
        ServiceLoader.load(BatchDeviceProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .sorted(Comparator.comparingInt(BatchDeviceProvider::preference).reversed())
            .toList();
    boolean known = false;
    for (BatchDeviceProvider provider : found) {
      if (name.equals(provider.name())) {
        known = true;
      } else if (!name.equals("auto")) {
        continue;
      }
      String why = provider.unavailable();
      if (why == null) {
        return provider.open();
      }
      if (known) {
        throw new TrackUnavailableException("device '" + name + "': " + why);
      }
    }
    throw new ConfigException(
        "device '"
            + name
            + "': must be auto or one of "
            + found.stream().map(BatchDeviceProvider::name).toList());
  }
}
