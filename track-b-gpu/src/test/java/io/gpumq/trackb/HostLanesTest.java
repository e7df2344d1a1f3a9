package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;

/** Queues of several lanes on the device host. */
class HostLanesTest extends Lanes {
  @Override
  Track openTrack() {
    return Tracks.open("b", TrackOptions.DEFAULT.withDevice("host"));
  }
}
