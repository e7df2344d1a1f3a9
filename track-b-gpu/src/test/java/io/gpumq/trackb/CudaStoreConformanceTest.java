package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.conformance.ConformanceSuite;
import io.gpumq.trackb.device.CudaBackend;
import org.junit.jupiter.api.Tag;

/** Everything that the API promises, over shared rings and a store, on a GPU. */
@Tag("gpu")
class CudaStoreConformanceTest extends ConformanceSuite {
  @Override
  protected Track openTrack() {
    return StoreTracks.open(new CudaBackend(0, 0, 1000));
  }
}
