package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.ModelTest;

/** Random operations against the model, on queues of several lanes on the device host. */
class HostLanesModelTest extends ModelTest {
  @Override
  protected Track openTrack() {
    return new LanedTrack(Tracks.open("b", TrackOptions.DEFAULT.withDevice("host")));
  }
}
