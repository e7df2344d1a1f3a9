package io.gpumq.tracka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.GpuMqException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackFailedException;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.TrackUnavailableException;
import io.gpumq.api.Tracks;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is refused when a track or a queue is opened, and in which words. */
@Tag("redis")
class OpeningTest {
  @Test
  void refusesASettingThatItDoesNotKnow() {
    assertRefused(
        ConfigException.class, Map.of("redis.url", "redis://127.0.0.1"), "redis.url", "redis.uri");
  }

  @Test
  void refusesAUriThatIsNone() {
    assertRefused(ConfigException.class, Map.of("redis.uri", "http://x:1"), "http://x:1");
    assertRefused(ConfigException.class, Map.of("redis.uri", "redis://"), "redis://host:port");
    assertRefused(ConfigException.class, Map.of("redis.uri", "not a uri"), "not a uri");
  }

  @Test
  void refusesATimeoutOutOfRange() {
    for (String timeout : new String[] {"0", "-1", "3600001", "soon", ""}) {
      assertRefused(
          ConfigException.class,
          Map.of("redis.reconnect-timeout-ms", timeout),
          "redis.reconnect-timeout-ms '" + timeout + "'",
          "between 1 and 3600000");
    }
  }

  @Test
  void namesTheRedisThatItCannotReach() {
    String uri = "redis://127.0.0.1:" + OwnRedis.freePort();
    assertRefused(TrackUnavailableException.class, Map.of("redis.uri", uri), uri, "redis.uri");
  }

  @Test
  void keepsThePasswordToItself() {
    String uri = "redis://me:secret@127.0.0.1:" + OwnRedis.freePort();
    String said =
        assertRefused(TrackUnavailableException.class, Map.of("redis.uri", uri), "127.0.0.1");
    assertFalse(said.contains("secret"), said);
  }

  @Test
  void refusesARedisThatIsTooOld() throws Exception {
    for (String version : new String[] {"6.0.16", "5.0.14", "6", "1.x"}) {
      try (var old = new FakeRedis("# Server\r\nredis_version:" + version + "\r\n")) {
        Map<String, String> settings = Map.of("redis.uri", old.uri());
        assertRefused(TrackUnavailableException.class, settings, old.uri(), version, "6.2");
      }
    }
  }

  @Test
  void refusesARedisThatThrowsDataAway() throws Exception {
    String info = "redis_version:7.2.0\r\nmaxmemory_policy:allkeys-lru\r\n";
    try (var evicting = new FakeRedis(info)) {
      Map<String, String> settings = Map.of("redis.uri", evicting.uri());
      assertRefused(TrackUnavailableException.class, settings, "allkeys-lru", "noeviction");
    }
  }

  @Test
  void refusesADeviceThatItDoesNotKnow() {
    var options = new TrackOptions("abacus", Map.of("redis.uri", TestRedis.uri()));
    var error = assertThrows(ConfigException.class, () -> Tracks.open("a", options));
    assertTrue(error.getMessage().contains("abacus"), error.getMessage());
  }

  @Test
  void refusesAHandlerThatItDoesNotKnow() {
    try (Track track = TestRedis.track()) {
      QueueConfig config = QueueConfig.named("q").handler("juggle").build();
      var error = assertThrows(ConfigException.class, () -> track.open(config));
      assertTrue(error.getMessage().contains("juggle"), error.getMessage());
    }
  }

  @Test
  void refusesAQueueThatRedisHasNoMemoryFor() {
    try (OwnRedis redis = OwnRedis.start(16);
        Track track = Tracks.open("a", TestRedis.options(redis.uri()))) {
      QueueConfig config = QueueConfig.named("q").maxPayloadBytes(256).maxMessages(1 << 20).build();
      var error = assertThrows(ConfigException.class, () -> track.open(config));
      assertTrue(error.getMessage().contains("which holds at most "), error.getMessage());
      track.open(QueueConfig.named("q").maxPayloadBytes(256).maxMessages(1 << 15).build()).close();
      track.open(QueueConfig.named("q").build()).close(); // as many as there is memory for
    }
  }

  @Test
  void refusesLimitsInBytes() {
    try (Track track = TestRedis.track()) {
      for (var config :
          List.of(
              QueueConfig.named("q").maxBytes(1 << 20), QueueConfig.named("q").minBytes(1 << 10))) {
        var error = assertThrows(ConfigException.class, () -> track.open(config.build()));
        assertTrue(error.getMessage().contains("track a cannot keep to it"), error.getMessage());
      }
    }
  }

  @Test
  void opensNoQueueOnceClosed() {
    Track track = TestRedis.track();
    track.close();
    track.close();
    QueueConfig config = QueueConfig.named("q").build();
    assertThrows(TrackFailedException.class, () -> track.open(config));
  }

  @Test
  void saysWhatItRunsOn() {
    try (Track track = TestRedis.track()) {
      assertEquals("a", track.name());
      assertEquals("host", track.device());
      assertTrue(track.describe().startsWith("Redis "), track.describe());
      assertTrue(track.describe().contains("handlers on host"), track.describe());
    }
  }

  private static String assertRefused(
      Class<? extends GpuMqException> kind, Map<String, String> settings, String... words) {
    var options = new TrackOptions("host", settings);
    String said = assertThrows(kind, () -> Tracks.open("a", options)).getMessage();
    for (String word : words) {
      assertTrue(said.contains(word), said);
    }
    return said;
  }
}
