package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.ModelTest;

/** Random operations against the model, on the device host. */
class HostModelTest extends ModelTest {
  @Override
  protected Track openTrack() {
    return Tracks.open("b", TrackOptions.DEFAULT.withDevice("host"));
  }

  @Override
  protected boolean roomAtOnce() {
    return true;
  }
}
