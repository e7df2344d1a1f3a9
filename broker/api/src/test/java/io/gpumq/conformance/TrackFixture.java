package io.gpumq.conformance;

import io.gpumq.api.Track;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** Holds the track under test, and what that track says about itself. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TrackFixture {
  private Track track;

  /** Opens the track under test. Called once for the class, and by tests that close a track. */
  protected abstract Track openTrack();

  /** Whether sequences count from 0 without a gap. */
  protected boolean contiguousSequences() {
    return true;
  }

  /** Whether the track knows how many bytes its messages take, and can keep to a number of them. */
  protected boolean countsBytes() {
    return true;
  }

  @BeforeAll
  final void openSharedTrack() {
    track = openTrack();
  }

  @AfterAll
  final void closeSharedTrack() {
    if (track != null) {
      track.close();
    }
  }

  final Track track() {
    return track;
  }
}
