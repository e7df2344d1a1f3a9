package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Workers;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random programs on a short store, without a GPU. {@code -Dgpumq.seed=N} has the one of that seed
 * again, {@code -Dgpumq.turns=N} makes it longer.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostShortStoreTest {
  private static final int TURNS = Integer.getInteger("gpumq.turns", 6);

  @Test
  void everyByteIsItsOwn() throws Exception {
    long seed = Long.getLong("gpumq.seed", System.nanoTime());
    try (Workers workers = new Workers();
        Track track = Tracks.open("b", new TrackOptions("host", Map.of("store.bytes", "16M")))) {
      new ShortStorePrograms(track, seed, workers, TURNS).run();
    }
  }
}
