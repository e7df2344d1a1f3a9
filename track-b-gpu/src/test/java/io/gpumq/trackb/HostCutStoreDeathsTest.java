package io.gpumq.trackb;

import io.gpumq.trackb.device.HostBackend;
import io.gpumq.trackb.spi.Backend;
import org.junit.jupiter.api.Tag;

/** A store in pieces beside deaths, without a GPU. */
@Tag("chaos")
class HostCutStoreDeathsTest extends CutStoreDeaths {
  @Override
  Backend backend() {
    return new HostBackend();
  }
}
