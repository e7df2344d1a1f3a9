package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.conformance.ConformanceSuite;
import io.gpumq.trackb.device.HostBackend;

/** Everything that the API promises, over shared rings and a store, on the device host. */
class HostStoreConformanceTest extends ConformanceSuite {
  @Override
  protected Track openTrack() {
    return StoreTracks.open(new HostBackend());
  }
}
