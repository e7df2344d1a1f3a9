package io.gpumq.reference;

import io.gpumq.api.Track;
import io.gpumq.conformance.ModelTest;

/** The model proved on the plainest track there is. */
class ReferenceModelTest extends ModelTest {
  @Override
  protected Track openTrack() {
    return new ReferenceTrack();
  }

  @Override
  protected boolean roomAtOnce() {
    return true;
  }
}
