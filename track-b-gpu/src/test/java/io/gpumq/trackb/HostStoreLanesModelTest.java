package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.conformance.ModelTest;
import io.gpumq.trackb.device.HostBackend;

/** The same, on queues of several lanes. */
class HostStoreLanesModelTest extends ModelTest {
  @Override
  protected Track openTrack() {
    return new LanedTrack(StoreTracks.open(new HostBackend()));
  }
}
