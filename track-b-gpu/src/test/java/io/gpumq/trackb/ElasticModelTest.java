package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.conformance.ModelTest;
import io.gpumq.trackb.device.Elastic;

/** Random operations against the model, while kernels change their size. */
class ElasticModelTest extends ModelTest {
  @Override
  protected Track openTrack() {
    return TestTracks.open(new Elastic());
  }
}
