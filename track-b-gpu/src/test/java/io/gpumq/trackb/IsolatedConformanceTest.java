package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.conformance.ConformanceSuite;

/** Everything that the API promises, with handlers in a process of their own. */
class IsolatedConformanceTest extends ConformanceSuite {
  @Override
  protected Track openTrack() {
    return IsolatedRun.open(false);
  }
}
