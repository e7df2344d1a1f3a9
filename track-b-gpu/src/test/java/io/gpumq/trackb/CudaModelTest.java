package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.ModelTest;
import net.jqwik.api.Tag;

/** Random operations against the model, on the device cuda. */
@Tag("gpu")
@Tag("gpu-slow")
class CudaModelTest extends ModelTest {
  @Override
  protected Track openTrack() {
    return Tracks.open("b", TrackOptions.DEFAULT.withDevice("cuda"));
  }
}
