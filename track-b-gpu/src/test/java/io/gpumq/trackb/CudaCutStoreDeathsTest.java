package io.gpumq.trackb;

import io.gpumq.trackb.device.CudaBackend;
import io.gpumq.trackb.spi.Backend;
import org.junit.jupiter.api.Tag;

/** A store in pieces beside deaths, on a GPU. */
@Tag("gpu")
@Tag("gpu-slow")
class CudaCutStoreDeathsTest extends CutStoreDeaths {
  @Override
  Backend backend() {
    return new CudaBackend(0, 0, 1000);
  }
}
