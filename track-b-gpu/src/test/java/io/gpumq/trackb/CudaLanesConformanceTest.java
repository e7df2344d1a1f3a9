package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.ConformanceSuite;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** Everything that the API promises, of queues of several lanes on a GPU. */
@Tag("gpu")
@Tag("gpu-slow")
class CudaLanesConformanceTest extends ConformanceSuite {
  @Override
  protected Track openTrack() {
    // Small kernels: a test opens a track beside the one that all share, with rings of its own.
    TrackOptions options = new TrackOptions("cuda", Map.of("cuda.blocks", "4"));
    return new LanedTrack(Tracks.open("b", options));
  }

  @Override
  protected boolean contiguousSequences() {
    return false;
  }
}
