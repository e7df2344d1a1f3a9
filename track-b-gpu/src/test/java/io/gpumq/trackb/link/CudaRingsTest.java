package io.gpumq.trackb.link;

import io.gpumq.trackb.device.CudaBackend;
import org.junit.jupiter.api.Tag;

/** Rings on the device cuda. */
@Tag("gpu")
class CudaRingsTest extends Rings {
  CudaRingsTest() {
    super(() -> new CudaBackend(0, 0, 1000));
  }
}
