package io.gpumq.trackb.queue;

import io.gpumq.trackb.device.CudaBackend;
import org.junit.jupiter.api.Tag;

/** Reads on the device cuda. */
@Tag("gpu")
@Tag("gpu-beside")
class CudaReadsTest extends Reads {
  CudaReadsTest() {
    super(new CudaBackend(0, 0, 1000));
  }
}
