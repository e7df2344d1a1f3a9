package io.gpumq.trackb;

import io.gpumq.trackb.device.HostBackend;
import io.gpumq.trackb.spi.Backend;
import org.junit.jupiter.api.Tag;

/** Device processes that die, without a GPU. */
@Tag("chaos")
class HostIsolationScenariosTest extends IsolationScenarios {
  @Override
  Backend backend() {
    return new HostBackend();
  }
}
