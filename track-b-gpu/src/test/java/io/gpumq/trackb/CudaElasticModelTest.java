package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.ModelTest;
import java.util.Map;
import net.jqwik.api.Tag;

/** Random operations against the model, on a GPU whose kernels become small at once. */
@Tag("gpu")
@Tag("gpu-slow")
class CudaElasticModelTest extends ModelTest {
  @Override
  protected Track openTrack() {
    return Tracks.open("b", new TrackOptions("cuda", Map.of("cuda.idle-ms", "1")));
  }
}
