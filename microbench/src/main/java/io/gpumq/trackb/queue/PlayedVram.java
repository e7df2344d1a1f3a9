package io.gpumq.trackb.queue;

import io.gpumq.trackb.spi.CopyEngine;
import io.gpumq.trackb.spi.Vram;
import java.nio.ByteBuffer;

/**
 * An arena of which nothing is there but its size: what a benchmark reads lies in the window.
 *
 * @param bytes of it
 */
record PlayedVram(long bytes) implements Vram {
  @Override
  public String handle() {
    throw absent();
  }

  @Override
  public CopyEngine copyEngine(ByteBuffer memory) {
    return new Absent();
  }

  /** Has nothing to do. */
  private static final class Absent implements CopyEngine {
    @Override
    public long write(long place, int from, int some) {
      throw absent();
    }

    @Override
    public long read(long place, int to, int some) {
      throw absent();
    }

    @Override
    public void await(long copy) {
      throw absent();
    }

    @Override
    public void close() {}
  }

  @Override
  public void write(long place, ByteBuffer from, int offset, int some) {
    throw absent();
  }

  @Override
  public void readWords(long place, long[] words) {
    throw absent();
  }

  @Override
  public void writeWords(long place, long[] words) {} // a ring's states, which nobody reads

  private static IllegalStateException absent() {
    return new IllegalStateException("a played device has no memory, and the window should do");
  }

  @Override
  public void close() {}
}
