package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.ConformanceSuite;

/** Everything that the API promises, of queues of several lanes on the device host. */
class HostLanesConformanceTest extends ConformanceSuite {
  @Override
  protected Track openTrack() {
    return new LanedTrack(Tracks.open("b", TrackOptions.DEFAULT.withDevice("host")));
  }

  @Override
  protected boolean contiguousSequences() {
    return false;
  }
}
