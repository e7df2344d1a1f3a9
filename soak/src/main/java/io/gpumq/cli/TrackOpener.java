package io.gpumq.cli;

import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.tracka.OwnRedis;
import java.util.Map;

/** Opens tracks, and starts a Redis for the one that needs it. For one thread. */
final class TrackOpener implements AutoCloseable {
  private final String device;
  private final Map<String, String> settings;
  private final String redis;
  private final long payloadBytes;
  private final long maxMessages;
  private OwnRedis own;

  /**
   * @param settings of Track B, where none are given
   * @param redis a Redis for Track A, or null to start one
   * @param payloadBytes of a full queue of the largest messages
   * @param maxMessages of that queue
   */
  TrackOpener(
      String device,
      Map<String, String> settings,
      String redis,
      int payloadBytes,
      long maxMessages) {
    this.device = device;
    this.settings = settings;
    this.redis = redis;
    this.payloadBytes = payloadBytes;
    this.maxMessages = maxMessages;
  }

  Track open(String name) {
    return open(name, settings);
  }

  Track open(String name, Map<String, String> ofTrackB) {
    if (!name.equals("a")) {
      return Tracks.open(name, new TrackOptions(device, ofTrackB));
    }
    if (redis == null && own == null) {
      own = OwnRedis.start(redisMib());
    }
    String uri = redis != null ? redis : own.uri();
    return Tracks.open(name, new TrackOptions(device, Map.of("redis.uri", uri)));
  }

  /** Room for a full queue, with what Redis keeps beside the messages. */
  private int redisMib() {
    double full = 2.0 * maxMessages * (payloadBytes + 256) / (1 << 20);
    return (int) Math.min(Integer.MAX_VALUE, OwnRedis.DEFAULT_MEMORY_MIB + full);
  }

  @Override
  public void close() {
    if (own != null) {
      own.close();
    }
  }
}
