package io.gpumq.tracka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackUnavailableException;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/** Queues in Redis whose process was killed, and those whose process lives. */
@Tag("redis")
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RedisLeftoversTest {
  private OwnRedis redis;
  private Jedis jedis;

  @BeforeEach
  void open() {
    redis = OwnRedis.start(64);
    jedis = new Jedis(URI.create(redis.uri()));
  }

  @AfterEach
  void close() {
    jedis.close();
    redis.close();
  }

  private long killAnOwner() throws Exception {
    Process owner =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Opens.class.getName(),
                redis.uri())
            .redirectErrorStream(true)
            .start();
    try {
      var said = new BufferedReader(new InputStreamReader(owner.getInputStream()));
      String line;
      while ((line = said.readLine()) != null && !line.equals("sent")) {}
      assertEquals("sent", line);
    } finally {
      owner.destroyForcibly().waitFor();
    }
    return owner.pid();
  }

  @Test
  void theQueueOfAKilledProcessIsNamedAndRemoved() throws Exception {
    long pid = killAnOwner();
    try (Track track = Tracks.open("a", TestRedis.options(redis.uri()));
        MessageQueue alive = track.open(QueueConfig.named("alive").build())) {
      List<String> lines =
          Await.until(
              "Redis to see the end of the connections",
              () -> RedisLeftovers.lines(redis.uri()),
              found -> found.toString().contains("leftover: "));
      assertEquals(2, lines.size(), lines.toString());
      String named = String.join("\n", lines);
      assertTrue(named.matches("(?s).*in use: stream gpumq:\\{alive:.*"), named);
      assertTrue(
          named.matches(
              "(?s).*leftover: stream gpumq:\\{killed:.* 3 messages, of process " + pid + " on .*"),
          named);
      List<String> removed = RedisLeftovers.clean(redis.uri());
      assertEquals(1, removed.size(), removed.toString());
      assertTrue(removed.get(0).startsWith("removed: stream gpumq:{killed:"), removed.toString());
      assertEquals(0, jedis.keys("gpumq:{killed:*").size());
      alive.producer().send(new byte[] {1}, Await.DEADLINE);
    }
    assertEquals(0, jedis.dbSize());
  }

  /** Its number may be another process's here, and its end cannot be seen from here. */
  @Test
  void theQueueOfAnotherMachineStays() {
    Keys keys = Keys.of("far", "1");
    jedis.set(keys.owner(), Args.bytes("elsewhere 1 1"));
    assertEquals(List.of(), RedisLeftovers.clean(redis.uri()));
    assertEquals(
        List.of("in use: stream gpumq:{far:1}:stream, 0 messages, of process 1 on elsewhere"),
        RedisLeftovers.lines(redis.uri()));
  }

  @Test
  void aRedisThatIsNoneOrAwayIsRefused() {
    assertThrows(ConfigException.class, () -> RedisLeftovers.lines("http://x"));
    String away = "redis://127.0.0.1:" + OwnRedis.freePort();
    var e = assertThrows(TrackUnavailableException.class, () -> RedisLeftovers.lines(away));
    assertTrue(e.getMessage().contains(away), e.getMessage());
  }

  /** The process that is killed. */
  static final class Opens {
    public static void main(String[] args) throws Exception {
      Track track = Tracks.open("a", TestRedis.options(args[0]));
      var producer = track.open(QueueConfig.named("killed").build()).producer();
      for (int i = 0; i < 3; i++) {
        producer.send(new byte[] {(byte) i}, Await.DEADLINE);
      }
      System.out.println("sent");
      Thread.currentThread().join(); // until it is killed
    }
  }
}
