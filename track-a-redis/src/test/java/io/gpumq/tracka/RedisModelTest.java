package io.gpumq.tracka;

import io.gpumq.api.Track;
import io.gpumq.conformance.ModelTest;
import net.jqwik.api.Tag;

@Tag("redis")
class RedisModelTest extends ModelTest {
  @Override
  protected Track openTrack() {
    return TestRedis.track();
  }
}
