package io.gpumq.trackb;

import io.gpumq.api.Track;
import io.gpumq.trackb.device.InProcessDevice;
import io.gpumq.trackb.memory.ReadAreas;
import io.gpumq.trackb.spi.Backend;

/** Opens tracks whose queues share rings and a store. */
final class StoreTracks {
  private static final long BYTES = 256L << 20;

  private StoreTracks() {}

  static Track open(Backend backend) {
    ReadAreas areas = ReadAreas.create();
    return new StoreTrack(
        new InProcessDevice(backend, backend.allocate(BYTES, areas, false)), areas);
  }
}
