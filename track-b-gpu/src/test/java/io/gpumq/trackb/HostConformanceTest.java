package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.ConformanceSuite;

/** Everything that the API promises, on the device host. */
class HostConformanceTest extends ConformanceSuite {
  @Override
  protected Track openTrack() {
    return Tracks.open("b", TrackOptions.DEFAULT.withDevice("host"));
  }
}
