package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Track;
import io.gpumq.conformance.ConformanceSuite;
import io.gpumq.trackb.device.Elastic;
import org.junit.jupiter.api.AfterAll;

/** Everything that the API promises, while kernels change their size under it. */
class ElasticConformanceTest extends ConformanceSuite {
  private static final Elastic ELASTIC = new Elastic();

  @Override
  protected Track openTrack() {
    return TestTracks.open(ELASTIC);
  }

  @AfterAll
  static void theyDidChange() {
    assertTrue(ELASTIC.changes() > 0, "no kernel changed its size");
  }
}
