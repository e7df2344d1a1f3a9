package io.gpumq.trackb.ring;

import io.gpumq.trackb.device.CudaRingDevice;
import org.junit.jupiter.api.Tag;

/** Reads on the device cuda. */
@Tag("gpu")
class CudaRingReadsTest extends RingReads {
  CudaRingReadsTest() {
    super(new CudaRingDevice(0, 0));
  }
}
