package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.ConformanceSuite;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** Everything that the API promises, with a GPU's handlers in a process of their own. */
@Tag("gpu")
@Tag("gpu-slow")
class CudaIsolatedConformanceTest extends ConformanceSuite {
  @Override
  protected Track openTrack() {
    return Tracks.open("b", new TrackOptions("cuda", Map.of("isolation", "process")));
  }
}
