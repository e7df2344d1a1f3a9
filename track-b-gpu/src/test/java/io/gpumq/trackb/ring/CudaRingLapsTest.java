package io.gpumq.trackb.ring;

import io.gpumq.trackb.device.CudaRingDevice;
import org.junit.jupiter.api.Tag;

/** Laps on the device cuda. */
@Tag("gpu")
class CudaRingLapsTest extends RingLaps {
  CudaRingLapsTest() {
    super(new CudaRingDevice(0, 0));
  }
}
