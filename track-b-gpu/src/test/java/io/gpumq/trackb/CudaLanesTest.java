package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import org.junit.jupiter.api.Tag;

/** Queues of several lanes on a GPU. */
@Tag("gpu")
@Tag("gpu-beside")
class CudaLanesTest extends Lanes {
  @Override
  Track openTrack() {
    return Tracks.open("b", TrackOptions.DEFAULT.withDevice("cuda"));
  }
}
