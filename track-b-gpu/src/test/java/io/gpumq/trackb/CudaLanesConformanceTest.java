package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.ConformanceSuite;
import org.junit.jupiter.api.Tag;

/** Everything that the API promises, of queues of several lanes on a GPU. */
@Tag("gpu")
@Tag("gpu-slow")
class CudaLanesConformanceTest extends ConformanceSuite {
  @Override
  protected Track openTrack() {
    return new LanedTrack(Tracks.open("b", TrackOptions.DEFAULT.withDevice("cuda")));
  }

  @Override
  protected boolean contiguousSequences() {
    return false;
  }
}
