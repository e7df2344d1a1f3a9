package io.gpumq.trackb.queue;

import static io.gpumq.kernels.LinkLayout.DESCRIPTOR_BYTES;
import static io.gpumq.kernels.LinkLayout.STATUS_OK;
import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.layout.CompletionWord;
import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.layout.SlotWords;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.Carrier;
import io.gpumq.trackb.spi.Device;
import io.gpumq.trackb.spi.HostSide;
import io.gpumq.trackb.spi.Vram;
import java.nio.ByteBuffer;

/**
 * A device without threads that completes what was published in the ring started last when it is
 * told to. It writes the words that a GPU would, and of an entry no more than its header. For one
 * thread.
 */
final class PlayedDevice implements Device {
  private final Vram vram;
  private RingFile file;
  private Control control;
  private int mask;
  private long next;

  PlayedDevice(long bytes) {
    vram = new PlayedVram(bytes);
  }

  @Override
  public String name() {
    return "played";
  }

  @Override
  public String describe() {
    return "completion words written by the benchmark's own thread";
  }

  @Override
  public boolean hasExpress() {
    return false;
  }

  @Override
  public Vram vram() {
    return vram;
  }

  @Override
  public Carrier start(RingFile ring, RingShape shape, HandlerSpec handler, HostSide host) {
    file = ring;
    control = new Control(ring.control());
    mask = shape.slots() - 1;
    return new Idle();
  }

  /** Completes every message below the head; returns the next sequence to complete. */
  long complete() {
    ByteBuffer descriptors = file.descriptors();
    ByteBuffer completions = file.completions();
    ByteBuffer ingress = file.ingress();
    ByteBuffer window = file.window();
    long head = control.acquireHead();
    for (; next < head; next++) {
      int slot = (int) next & mask;
      long what = Words.getOpaque(descriptors, slot * DESCRIPTOR_BYTES);
      long where = Words.getOpaque(descriptors, slot * DESCRIPTOR_BYTES + Long.BYTES);
      if (!SlotWords.isOf(what, next) || !SlotWords.isWhereOf(where, next)) {
        throw new IllegalStateException("sequence " + next + " was published without its words");
      }
      boolean isPushed = SlotWords.isPushed(what);
      if (isPushed) {
        int at = SlotWords.unit(where) * UNIT;
        Words.set(window, at, Words.get(ingress, at));
        Words.set(window, at + Long.BYTES, Words.get(ingress, at + Long.BYTES));
      }
      long word = CompletionWord.of(next, STATUS_OK, isPushed, 1, 0);
      Words.setRelease(completions, slot * Long.BYTES, word);
    }
    return next;
  }

  @Override
  public void close() {}

  private static final class Idle implements Carrier {
    @Override
    public String failure() {
      return null;
    }

    @Override
    public void stop() {}
  }
}
