package io.gpumq.trackb.log;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.trackb.memory.CopyArea;
import io.gpumq.trackb.spi.Vram;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reads runs from the store by the copy engine: while no device lives, and what is too long for a
 * kernel. Safe for use by many threads.
 */
public final class Copier {
  private final Vram vram;
  private final CopyArea area;

  /** Whoever waits for the copy engine holds it: no spinning for so long. */
  private final ReentrantLock copying = new ReentrantLock();

  public Copier(Vram vram, CopyArea area) {
    this.vram = vram;
    this.area = area;
  }

  /**
   * Copies one run of the store to a reader's memory, and waits for that.
   *
   * @param place in units
   * @param at where it goes in {@code to}, in bytes
   */
  public void copy(long place, int bytes, ByteBuffer to, int at) {
    copying.lock();
    try {
      for (int done = 0, some; done < bytes; done += some) {
        some = Math.min(bytes - done, CopyArea.BYTES);
        vram.read(place + done / UNIT, some);
        to.put(at + done, area.memory(), 0, some);
      }
    } finally {
      copying.unlock();
    }
  }
}
