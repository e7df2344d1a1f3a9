package io.gpumq.trackb.ring;

import io.gpumq.trackb.device.CudaBackend;
import org.junit.jupiter.api.Tag;

/** Reads on the device cuda. */
@Tag("gpu")
class CudaRingReadsTest extends RingReads {
  CudaRingReadsTest() {
    super(new LocalDevice(new CudaBackend(0, 0, 1000)));
  }
}
