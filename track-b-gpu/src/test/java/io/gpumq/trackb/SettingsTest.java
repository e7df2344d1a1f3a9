package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What track B understands, and what it says to the rest. */
class SettingsTest {
  private static Track open(String device, String... settings) {
    return Tracks.open(
        "b",
        new TrackOptions(
            device,
            settings.length == 2
                ? Map.of(settings[0], settings[1])
                : Map.of(settings[0], settings[1], settings[2], settings[3])));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          isolation         | jail | isolation 'jail': must be none or process
          isolation.standby | no   | isolation.standby 'no': must be true or false
          isolation.standby | true | isolation.standby: goes with isolation process alone
          blocks            | 1    | settings [blocks]: track b knows [cuda.blocks, cuda.device, cuda.idle-ms, isolation, isolation.standby, max-payload-bytes, store.bytes]
          """)
  void whatCannotBeIsNamed(String key, String value, String said) {
    var refusal = assertThrows(ConfigException.class, () -> open("host", key, value));
    assertEquals(said, refusal.getMessage());
  }

  @Test
  void aDeviceThatIsNotThereIsNamed() {
    var refusal = assertThrows(ConfigException.class, () -> open("abacus", "isolation", "process"));
    assertEquals("device 'abacus': must be auto, cuda or host", refusal.getMessage());
  }

  @Test
  void aTrackSaysHowLargeItsStoreIsAndWhetherAnybodyAskedForThat() {
    try (Track track = open("host", "isolation", "none")) {
      assertTrue(track.describe().matches("store of \\d+ MB \\(default\\) on .*"), track::describe);
    }
    try (Track track = open("host", "store.bytes", "64M")) {
      assertTrue(track.describe().startsWith("store of 64 MB on "), track::describe);
    }
  }

  @Test
  void aTrackSaysWhetherItIsIsolated() {
    try (Track track = open("host", "isolation", "process", "isolation.standby", "false")) {
      assertTrue(track.describe().endsWith(" (no GPU), in a device process"), track.describe());
    }
    try (Track track = open("host", "isolation", "none")) {
      assertTrue(track.describe().endsWith(" (no GPU)"), track.describe());
    }
  }
}
