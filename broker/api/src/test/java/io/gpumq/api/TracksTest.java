package io.gpumq.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gpumq.reference.ReferenceTrack;
import io.gpumq.spi.Services;
import io.gpumq.spi.TrackProvider;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TracksTest {
  /** Provides the reference under the name {@code r}. */
  public static final class ReferenceProvider implements TrackProvider {
    static TrackOptions given;

    @Override
    public String name() {
      return "r";
    }

    @Override
    public Track open(TrackOptions options) {
      given = options;
      return new ReferenceTrack();
    }
  }

  @TempDir Path folder;

  @Test
  void refusesATrackThatIsNotThere() {
    ConfigException refusal =
        assertThrows(ConfigException.class, () -> Tracks.open("z", TrackOptions.DEFAULT));
    assertEquals("track 'z': must be one of [] on this class path", refusal.getMessage());
  }

  @Test
  void opensATrackByItsName() throws Exception {
    TrackOptions options = new TrackOptions("host", Map.of("key", "value"));
    Services.during(
        folder,
        TrackProvider.class,
        List.of(ReferenceProvider.class),
        () -> {
          try (Track track = Tracks.open("r", options)) {
            assertEquals("reference", track.name());
            assertSame(options, ReferenceProvider.given);
          }
          ConfigException refusal =
              assertThrows(ConfigException.class, () -> Tracks.open("z", options));
          assertEquals("track 'z': must be one of [r] on this class path", refusal.getMessage());
        });
  }

  @Test
  void keepsOptionsAsTheyWereGiven() {
    Map<String, String> settings = new HashMap<>(Map.of("redis.uri", "redis://127.0.0.1"));
    TrackOptions options = new TrackOptions("auto", settings);
    settings.clear();
    assertEquals("redis://127.0.0.1", options.settings().get("redis.uri"));
    TrackOptions other = options.withDevice("host");
    assertEquals("host", other.device());
    assertEquals(options.settings(), other.settings());
    assertEquals(new TrackOptions("auto", Map.of()), TrackOptions.DEFAULT);
    assertThrows(NullPointerException.class, () -> new TrackOptions(null, Map.of()));
  }
}
