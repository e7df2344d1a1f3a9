package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.conformance.ModelTest;
import io.gpumq.trackb.device.HostBackend;

/** Random operations against the model, over shared rings and a store, on the device host. */
class HostStoreModelTest extends ModelTest {
  @Override
  protected Track openTrack() {
    return StoreTracks.open(new HostBackend());
  }
}
