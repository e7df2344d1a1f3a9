package io.gpumq.trackb;

import io.gpumq.trackb.device.CudaBackend;
import io.gpumq.trackb.spi.Backend;
import org.junit.jupiter.api.Tag;

/** Large messages beside deaths, on a GPU. */
@Tag("gpu")
@Tag("gpu-slow")
class CudaLargeDeathsTest extends LargeDeaths {
  @Override
  Backend backend() {
    return new CudaBackend(0, 0, 1000);
  }
}
