package io.gpumq.trackb.ring;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.RingLayout;
import io.gpumq.trackb.layout.Completion;
import io.gpumq.trackb.layout.ControlBlock;
import io.gpumq.trackb.layout.Descriptor;
import io.gpumq.trackb.layout.Words;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * A device without threads that completes what was published when it is told to. It writes the
 * words that a GPU would, and no payload: the window holds zeros. For one thread.
 */
final class PlayedDevice implements RingDevice {
  private ControlBlock control;
  private ByteBuffer descriptors;
  private ByteBuffer completions;
  private int ingressMask;
  private int capacityMask;
  private long next;

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
  public RunningRing start(
      SharedFile file, RingGeometry g, HandlerSpec handler, LongSupplier landed) {
    control = new ControlBlock(file.control());
    descriptors = file.descriptors();
    completions = file.completions();
    ingressMask = g.ingressSlots() - 1;
    capacityMask = g.capacity() - 1;
    next = g.firstSequence();
    return new Running();
  }

  /** Completes every message below the head; returns the next sequence to complete. */
  long complete() {
    long head = control.acquireHead();
    long pushLimit = control.acquirePushLimit();
    for (; next < head; next++) {
      int slot = (int) next & ingressMask;
      long descriptor = Words.getOpaque(descriptors, slot * Long.BYTES);
      if (!Descriptor.isOf(descriptor, next)) {
        throw new IllegalStateException("sequence " + next + " was published without its word");
      }
      int status = Descriptor.isVoid(descriptor) ? RingLayout.STATUS_VOID : RingLayout.STATUS_OK;
      int length = Descriptor.length(descriptor);
      complete(completions, capacityMask, next, length, status, next < pushLimit);
    }
    return next;
  }

  /** Writes the completion word of one message, handled at the first try. */
  static void complete(
      ByteBuffer completions,
      int capacityMask,
      long sequence,
      int length,
      int status,
      boolean pushed) {
    long word = Completion.word(sequence, length, status, pushed, 1, 0);
    Words.setRelease(completions, ((int) sequence & capacityMask) * Long.BYTES, word);
  }

  @Override
  public void close() {}

  private static final class Running implements RunningRing {
    @Override
    public void read(int area, long firstSequence, int count, int readsOffset) {
      throw new IllegalStateException(
          "sequence "
              + firstSequence
              + ": was not found in the window, and a played device has no VRAM to read");
    }

    @Override
    public void awaitReads(int area) {}

    @Override
    public String failure() {
      return null;
    }

    @Override
    public void stop() {}
  }
}
