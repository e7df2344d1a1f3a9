package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.conformance.ModelTest;

/** Random operations against the model, with handlers in a process of their own. */
class IsolatedModelTest extends ModelTest {
  @Override
  protected Track openTrack() {
    return IsolatedRun.open(true);
  }
}
