package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.conformance.ModelTest;
import io.gpumq.trackb.device.CudaBackend;
import net.jqwik.api.Tag;

/** Random operations against the model, over shared rings and a store, on a GPU. */
@Tag("gpu")
@Tag("gpu-slow")
class CudaStoreModelTest extends ModelTest {
  @Override
  protected Track openTrack() {
    return StoreTracks.open(new CudaBackend(0, 0, 1000));
  }
}
