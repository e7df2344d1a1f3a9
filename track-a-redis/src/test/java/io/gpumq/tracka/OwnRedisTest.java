package io.gpumq.tracka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.TrackUnavailableException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

@Tag("redis")
class OwnRedisTest {
  @Test
  void startsOnLoopbackWithBoundedMemoryAndNoPersistence() {
    final String uri;
    try (var redis = OwnRedis.start(64)) {
      uri = redis.uri();
      assertTrue(uri.startsWith("redis://127.0.0.1:"), uri);
      try (var jedis = new Jedis(URI.create(uri))) {
        assertEquals("67108864", jedis.configGet("maxmemory").get("maxmemory"));
        assertEquals("127.0.0.1", jedis.configGet("bind").get("bind"));
        assertEquals("", jedis.configGet("save").get("save"));
        assertEquals("no", jedis.configGet("appendonly").get("appendonly"));
      }
    }
    assertThrows(JedisConnectionException.class, () -> new Jedis(URI.create(uri)).close());
  }

  @Test
  void leavesNoFolderBehind() throws IOException {
    Set<Path> before = folders();
    var redis = OwnRedis.start();
    Set<Path> mine = folders();
    mine.removeAll(before);
    assertTrue(!mine.isEmpty(), "the server has a folder while it runs");
    redis.close();
    redis.close();
    mine.removeIf(folder -> !Files.exists(folder));
    assertEquals(Set.of(), mine);
  }

  @Test
  void saysWhatTheServerSaidWhenItDoesNotComeUp() {
    var error =
        assertThrows(
            TrackUnavailableException.class,
            () -> OwnRedis.start(OwnRedis.freePort(), List.of("--no-such-setting", "1")));
    assertTrue(error.getMessage().contains("no-such-setting"), error.getMessage());
  }

  private static Set<Path> folders() throws IOException {
    try (var paths = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return paths
          .filter(path -> path.getFileName().toString().startsWith("gpumq-redis-"))
          .collect(Collectors.toSet());
    }
  }
}
