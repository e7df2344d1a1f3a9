package io.gpumq.trackb.device;

import io.gpumq.trackb.spi.CopyEngine;
import java.nio.ByteBuffer;

/**
 * Copies at once, on the thread that asks.
 *
 * @param memory of the host
 */
record HostCopyEngine(HostVram vram, ByteBuffer memory) implements CopyEngine {
  @Override
  public long write(long place, int from, int bytes) {
    vram.write(place, memory, from, bytes);
    return 0;
  }

  @Override
  public long read(long place, int to, int bytes) {
    memory.put(to, vram.piece(place), vram.offset(place), bytes);
    return 0;
  }

  @Override
  public void await(long copy) {}

  @Override
  public void close() {}
}
