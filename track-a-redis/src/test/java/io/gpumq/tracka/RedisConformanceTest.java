package io.gpumq.tracka;

import io.gpumq.api.Track;
import io.gpumq.conformance.ConformanceSuite;
import org.junit.jupiter.api.Tag;

@Tag("redis")
class RedisConformanceTest extends ConformanceSuite {
  @Override
  protected Track openTrack() {
    return TestRedis.track();
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
