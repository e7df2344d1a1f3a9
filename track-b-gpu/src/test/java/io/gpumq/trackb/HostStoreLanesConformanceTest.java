package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.conformance.ConformanceSuite;
import io.gpumq.trackb.device.HostBackend;

/** Everything that the API promises, of queues of several lanes that share rings and a store. */
class HostStoreLanesConformanceTest extends ConformanceSuite {
  @Override
  protected Track openTrack() {
    return new LanedTrack(StoreTracks.open(new HostBackend()));
  }

  @Override
  protected boolean contiguousSequences() {
    return false;
  }
}
