package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.ConformanceSuite;
import org.junit.jupiter.api.Tag;

/** Everything that the API promises, on the device cuda. */
@Tag("gpu")
@Tag("gpu-slow")
class CudaConformanceTest extends ConformanceSuite {
  @Override
  protected Track openTrack() {
    return Tracks.open("b", TrackOptions.DEFAULT.withDevice("cuda"));
  }
}
