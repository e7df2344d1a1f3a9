package io.gpumq.trackb;

import io.gpumq.trackb.device.CudaBackend;
import io.gpumq.trackb.spi.Backend;
import org.junit.jupiter.api.Tag;

/** Handlers in the order of keys, on a GPU. */
@Tag("gpu")
@Tag("gpu-slow")
class CudaInOrderTest extends InOrder {
  @Override
  Backend backend(int idleMillis) {
    return new CudaBackend(0, 0, idleMillis);
  }
}
