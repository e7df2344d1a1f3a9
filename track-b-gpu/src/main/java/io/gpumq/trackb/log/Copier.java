package io.gpumq.trackb.log;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.api.TrackFailedException;
import io.gpumq.trackb.memory.CopyArea;
import io.gpumq.trackb.spi.Vram;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reads runs from the store by the copy engine: while no device lives, and what is too long for a
 * kernel. Safe for use by many threads.
 */
public final class Copier implements AutoCloseable {
  private final Vram vram;
  private final CopyArea area;

  /** Whoever waits for the copy engine holds it: no spinning for so long. */
  private final ReentrantLock copying = new ReentrantLock();

  private boolean closed;

  /**
   * @param area is closed with it
   */
  public Copier(Vram vram, CopyArea area) {
    this.vram = vram;
    this.area = area;
  }

  /**
   * Copies one run of the store to a reader's memory, and waits for that.
   *
   * @param place in units
   * @param at where it goes in {@code to}, in bytes
   * @throws TrackFailedException if it is closed, or the device has failed
   */
  public void copy(long place, int bytes, ByteBuffer to, int at) {
    copying.lock();
    try {
      if (closed) {
        throw new TrackFailedException("the track is closed; open another");
      }
      for (int done = 0, some; done < bytes; done += some) {
        some = Math.min(bytes - done, CopyArea.BYTES);
        vram.read(place + done / UNIT, some);
        to.put(at + done, area.memory(), 0, some);
      }
    } finally {
      copying.unlock();
    }
  }

  /** Waits for who copies now, and gives the area back. Once. */
  @Override
  public void close() {
    copying.lock();
    try {
      closed = true;
      area.close();
    } finally {
      copying.unlock();
    }
  }
}
