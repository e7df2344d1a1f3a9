package io.gpumq.tracka;

import io.gpumq.api.Track;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.ConformanceSuite;
import org.junit.jupiter.api.Tag;

/**
 * Everything that the API promises, with the handlers on a GPU. That device comes from another
 * module, by the class path of the distribution alone.
 */
@Tag("gpu")
@Tag("gpu-slow")
@Tag("redis")
class CudaConformanceTest extends ConformanceSuite {
  @Override
  protected Track openTrack() {
    return Tracks.open("a", TestRedis.options(TestRedis.uri()).withDevice("cuda"));
  }

  @Override
  protected boolean contiguousSequences() {
    return false;
  }

  @Override
  protected boolean countsBytes() {
    return false;
  }
}
