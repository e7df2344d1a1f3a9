package io.gpumq.reference;

import io.gpumq.api.Track;
import io.gpumq.conformance.ConformanceSuite;

/** The suite proved on the plainest track there is. */
class ReferenceConformanceTest extends ConformanceSuite {
  @Override
  protected Track openTrack() {
    return new ReferenceTrack();
  }
}
