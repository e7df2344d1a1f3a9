package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.conformance.ModelTest;
import io.gpumq.trackb.device.CudaBackend;
import org.junit.jupiter.api.Tag;

/** Random operations against the model, over shared rings and a store, on a GPU. */
@Tag("gpu")
class CudaStoreModelTest extends ModelTest {
  @Override
  protected Track openTrack() {
    return StoreTracks.open(new CudaBackend(0, 0, 1000));
  }
}
