package io.gpumq.trackb;

import io.gpumq.trackb.device.HostBackend;
import io.gpumq.trackb.spi.Backend;
import org.junit.jupiter.api.Tag;

/** Large messages beside deaths, without a GPU. */
@Tag("chaos")
class HostLargeDeathsTest extends LargeDeaths {
  @Override
  Backend backend() {
    return new HostBackend();
  }
}
