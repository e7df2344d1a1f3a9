package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.trackb.device.InProcessDevice;
import io.gpumq.trackb.isolation.IsolatedDevice;
import io.gpumq.trackb.isolation.ProcessPlan;
import io.gpumq.trackb.spi.Backend;
import java.util.Map;

/** Opens tracks on backends of tests. */
final class TestTracks {
  /** A track, and its device. */
  record Isolated(Track track, IsolatedDevice device) implements AutoCloseable {
    @Override
    public void close() {
      track.close();
    }
  }

  private TestTracks() {}

  /** In this process. */
  static Track open(Backend backend) {
    return GpuTrackProvider.open(backend, Map.of(), false, InProcessDevice::new);
  }

  /** In device processes. */
  static Isolated isolated(Backend backend, ProcessPlan plan) {
    return isolated(backend, plan, Map.of());
  }

  /** In device processes, with settings of the track. */
  static Isolated isolated(Backend backend, ProcessPlan plan, Map<String, String> settings) {
    IsolatedDevice[] made = {null};
    Track track =
        GpuTrackProvider.open(
            backend,
            settings,
            true,
            (from, vram) -> made[0] = new IsolatedDevice(from, vram, plan));
    return new Isolated(track, made[0]);
  }
}
