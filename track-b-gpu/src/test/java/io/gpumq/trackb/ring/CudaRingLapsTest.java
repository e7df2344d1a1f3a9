package io.gpumq.trackb.ring;

import io.gpumq.trackb.device.CudaBackend;
import org.junit.jupiter.api.Tag;

/** Laps on the device cuda. */
@Tag("gpu")
class CudaRingLapsTest extends RingLaps {
  CudaRingLapsTest() {
    super(new LocalDevice(new CudaBackend(0, 0, 1000)));
  }
}
