package io.gpumq.tracka;

import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.spi.BatchDevice;
import io.gpumq.spi.BatchDevices;
import io.gpumq.spi.TrackProvider;

/**
 * Opens Track A. Settings: {@code redis.uri} (default {@code redis://127.0.0.1:6379}) and {@code
 * redis.reconnect-timeout-ms} (how long a lost Redis may stay away; default 10,000), {@code
 * max-payload-bytes} (the largest payload that a queue may take).
 */
public final class RedisTrackProvider implements TrackProvider {
  @Override
  public String name() {
    return RedisTrack.NAME;
  }

  @Override
  public Track open(TrackOptions options) {
    RedisSettings settings = RedisSettings.of(options.settings());
    ServerInfo info = ServerInfo.ask(settings);
    info.requireUsable();
    BatchDevice device = BatchDevices.open(options.device());
    return new RedisTrack(settings, info, device);
  }
}
