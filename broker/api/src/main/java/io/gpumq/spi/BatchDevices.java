package io.gpumq.spi;

import io.gpumq.api.ConfigException;
import io.gpumq.api.TrackUnavailableException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/** Chooses a {@link BatchDevice} by name. */
public final class BatchDevices {
  private BatchDevices() {}

  /**
   * Opens the device of that name, or for {@code auto} the most preferred one that can be used.
   *
   * @param name {@code auto}, or the name of one on the class path
   * @throws ConfigException if there is no device of that name
   * @throws TrackUnavailableException if it cannot be used here; says why
   */
  public static BatchDevice open(String name) {
    List<BatchDeviceProvider> found =
        ServiceLoader.load(BatchDeviceProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .sorted(Comparator.comparingInt(BatchDeviceProvider::preference).reversed())
            .toList();
    var reasons = new ArrayList<String>();
    for (BatchDeviceProvider provider : found) {
      if (name.equals("auto") || name.equals(provider.name())) {
        String why = provider.unavailable();
        if (why == null) {
          return provider.open();
        }
        reasons.add("device '" + provider.name() + "': " + why);
      }
    }
    if (!reasons.isEmpty()) {
      throw new TrackUnavailableException(String.join("; ", reasons));
    }
    throw new ConfigException(
        "device '"
            + name
            + "': must be auto or one of "
            + found.stream().map(BatchDeviceProvider::name).toList());
  }
}
