package io.gpumq.trackb.link;

import static io.gpumq.kernels.LinkLayout.DESCRIPTOR_BYTES;
import static io.gpumq.kernels.LinkLayout.PLACE_SHIFT;
import static io.gpumq.kernels.LinkLayout.PUSH_BIT;
import static io.gpumq.kernels.LinkLayout.STATUS_FAILED;
import static io.gpumq.kernels.LinkLayout.STATUS_OK;
import static io.gpumq.kernels.LinkLayout.UNIT;
import static io.gpumq.kernels.LinkLayout.UNIT_BITS;
import static io.gpumq.kernels.LinkLayout.UNIT_SHIFT;

import io.gpumq.trackb.layout.CompletionWord;
import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.layout.SlotWords;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.memory.RingFile;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;

/**
 * Carries what a ring publishes from the ingress memory to a store and to the window, on threads
 * that overtake each other as warps do.
 */
final class TestDevice implements AutoCloseable {
  private final RingFile file;
  private final RingShape shape;
  private final ByteBuffer store;
  private final LongPredicate fails;
  private final AtomicLong tickets = new AtomicLong();
  private final Thread[] warps;
  private volatile boolean stopped;
  private volatile Throwable failure;

  /**
   * @param fails whether the message whose first eight bytes these are fails
   */
  TestDevice(RingFile file, RingShape shape, ByteBuffer store, int threads, LongPredicate fails) {
    this.file = file;
    this.shape = shape;
    this.store = store;
    this.fails = fails;
    warps = new Thread[threads];
    for (int i = 0; i < threads; i++) {
      warps[i] = new Thread(this::work, "test-device-" + i);
      warps[i].start();
    }
  }

  private void work() {
    try {
      while (true) {
        long first = tickets.getAndAdd(shape.ticketSlots());
        for (long next = first; next < first + shape.ticketSlots(); next++) {
          while (Words.getAcquire(file.control(), 0) <= next) {
            if (stopped) {
              return;
            }
            Thread.yield();
          }
          carry(next);
        }
      }
    } catch (Throwable e) {
      failure = e;
    }
  }

  private void carry(long sequence) {
    int slot = (int) (sequence & shape.slots() - 1);
    long what = Words.getOpaque(file.descriptors(), slot * DESCRIPTOR_BYTES);
    long where = Words.getOpaque(file.descriptors(), slot * DESCRIPTOR_BYTES + Long.BYTES);
    if (what >>> 32 != SlotWords.stamp(sequence)) {
      throw new AssertionError("descriptor of sequence " + sequence + " is another's");
    }
    int from = ((int) (where >> UNIT_SHIFT) & (1 << UNIT_BITS) - 1) * UNIT;
    int to = (int) (where >>> PLACE_SHIFT) * UNIT;
    int length = SlotWords.length(what);
    int extensions = (int) (where >> 11) & 3;
    int bytes = (1 + extensions + EntryHeader.units(length)) * UNIT;
    store.put(to, file.ingress(), from, bytes);
    boolean push = (what >> PUSH_BIT & 1) != 0;
    if (push) {
      file.window().put(from, file.ingress(), from, bytes);
    }
    long tag = length < Long.BYTES ? 0 : Words.get(file.ingress(), from + (1 + extensions) * UNIT);
    boolean failed = length >= Long.BYTES && fails.test(tag);
    Words.setRelease(
        file.completions(),
        slot * Long.BYTES,
        CompletionWord.of(sequence, failed ? STATUS_FAILED : STATUS_OK, push, 1, failed ? 7 : 0));
  }

  @Override
  public void close() throws InterruptedException {
    stopped = true;
    for (Thread warp : warps) {
      warp.join();
    }
    if (failure != null) {
      throw new AssertionError("the device failed", failure);
    }
  }
}
