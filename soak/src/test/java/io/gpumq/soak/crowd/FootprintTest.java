package io.gpumq.soak.crowd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FootprintTest {
  private static final int KEPT = 20_000_000;

  @Test
  void seesWhatIsOnTheHeapAndNoGarbage() {
    Footprint before = Footprint.now();
    byte[] kept = new byte[KEPT];
    Footprint taken = Footprint.now().since(before);
    assertTrue(taken.heapBytes() > KEPT / 2 && taken.heapBytes() < 2 * KEPT, taken::toString);
    assertEquals(KEPT, kept.length);
    kept = null;
    Footprint left = Footprint.now().since(before);
    assertTrue(left.heapBytes() < KEPT / 2, left::toString);
  }

  @Test
  void seesTheRingsOfATrackWhileTheyAreOpen() {
    long before = Footprint.pinned();
    try (Track track = Tracks.open("b", new TrackOptions("host", Map.of()))) {
      track.open(QueueConfig.named("one").build());
      long one = Footprint.pinned() - before;
      assertTrue(one > 1e6 && one < 40e6, "pinned " + one);
      track.open(QueueConfig.named("two").build());
      assertEquals(one, Footprint.pinned() - before, "a second queue of the class");
      track.open(QueueConfig.named("three").lanes(2).build());
      assertTrue(Footprint.pinned() - before > one, "one ring more");
    }
  }

  @Test
  void addsAndTakesAway() {
    var both = new Footprint(5, 7).and(new Footprint(10, 20));
    assertEquals(new Footprint(15, 27), both);
    assertEquals(new Footprint(10, 20), both.since(new Footprint(5, 7)));
  }
}
