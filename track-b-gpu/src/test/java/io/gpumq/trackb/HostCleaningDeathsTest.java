package io.gpumq.trackb;

import io.gpumq.trackb.device.HostBackend;
import io.gpumq.trackb.spi.Backend;
import org.junit.jupiter.api.Tag;

/** Cleaning beside deaths, without a GPU. */
@Tag("chaos")
class HostCleaningDeathsTest extends CleaningDeaths {
  @Override
  Backend backend() {
    return new HostBackend();
  }
}
