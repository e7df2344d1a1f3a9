package io.gpumq.trackb.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gpumq.api.TrackUnavailableException;
import io.gpumq.spi.BatchDevice;
import io.gpumq.spi.BatchDeviceProvider;
import io.gpumq.spi.BatchDevices;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class CudaBatchDeviceProviderTest {
  private static BatchDeviceProvider named(String name) {
    return ServiceLoader.load(BatchDeviceProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals(name))
        .findAny()
        .orElseThrow();
  }

  private static void assumeNoGpu() {
    assumeTrue(Cuda.unavailable() != null, "there is a GPU, so the want of one was not tested");
  }

  @Test
  void isPreferredToTheProcessors() {
    assertTrue(named("cuda").preference() > named("host").preference());
  }

  @Test
  void saysWhyThereIsNoDevice() {
    assumeNoGpu();
    String why = named("cuda").unavailable();
    assertTrue(why.contains("driver"), why);
    var error = assertThrows(TrackUnavailableException.class, () -> BatchDevices.open("cuda"));
    assertEquals("device 'cuda': " + why, error.getMessage());
    error = assertThrows(TrackUnavailableException.class, () -> named("cuda").open());
    assertEquals("device 'cuda': " + why, error.getMessage());
  }

  @Test
  void givesWayToTheProcessorsWhereThereIsNoDevice() {
    assumeNoGpu();
    try (BatchDevice device = BatchDevices.open("auto")) {
      assertEquals("host", device.name());
    }
  }
}
