package io.gpumq.trackb.queue;

import io.gpumq.trackb.device.CudaBackend;
import org.junit.jupiter.api.Tag;

/** SegmentWalks on the device cuda. */
@Tag("gpu")
@Tag("gpu-beside")
class CudaSegmentWalksTest extends SegmentWalks {
  CudaSegmentWalksTest() {
    super(new CudaBackend(0, 0, 1000));
  }
}
