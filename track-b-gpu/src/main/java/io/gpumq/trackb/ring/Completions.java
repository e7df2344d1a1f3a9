package io.gpumq.trackb.ring;

import io.gpumq.kernels.RingLayout;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Reads the device's completion words in order: the one place that knows how far the queue is
 * completed without a gap. Producers ask it for room, consumers for entries; whoever asks moves it
 * on.
 */
final class Completions {
  /** Takes a message whose handler failed for good. */
  @FunctionalInterface
  interface FailureSink {
    /** Returns false when there is no room for it now: it is offered again. */
    boolean offer(long sequence, long word);
  }

  /** Most words that one call reads, so that a fast device cannot keep a caller here. */
  private static final int MAX_STEP = 8192;

  private final ByteBuffer words;
  private final long mask;
  private final FailureSink failures;
  private final AtomicBoolean advancing = new AtomicBoolean();

  /** Written by whoever holds {@link #advancing}. */
  private volatile long completed;

  private volatile long failed;
  private volatile long voided;

  Completions(SharedFile file, RingGeometry g, FailureSink failures) {
    this.words = file.completions();
    this.mask = g.capacity() - 1;
    this.failures = failures;
    this.completed = g.firstSequence();
    if (g.firstSequence() > 0) {
      // As if the lap before had been completed: no word of the first lap equals its sequence's.
      for (int slot = 0; slot < g.capacity(); slot++) {
        long before = g.firstSequence() - g.capacity() + slot;
        Words.setOpaque(words, slot * Long.BYTES, Completion.word(before, 0, 0, false, 0, 0));
      }
    }
  }

  /** The word of a completed sequence that is not released. */
  long word(long sequence) {
    return Words.getOpaque(words, offset(sequence));
  }

  /** Every sequence below is completed, as far as this can tell now. */
  long advance() {
    long at = completed;
    if (!Completion.isOf(word(at), at) || !advancing.compareAndSet(false, true)) {
      return at;
    }
    try {
      long next = completed;
      long end = next + MAX_STEP;
      for (; next < end; next++) {
        // Pairs with the device's release_shared(completion): the slot is read after it.
        long word = Words.getAcquire(words, offset(next));
        if (!Completion.isOf(word, next)) {
          break;
        }
        int status = Completion.status(word);
        if (status == RingLayout.STATUS_FAILED) {
          if (!failures.offer(next, word)) {
            break;
          }
          failed++;
        } else if (status == RingLayout.STATUS_VOID) {
          voided++;
        }
      }
      completed = next;
      return next;
    } finally {
      advancing.set(false);
    }
  }

  boolean isDeliverable(long sequence) {
    return Completion.status(word(sequence)) == RingLayout.STATUS_OK;
  }

  /** Messages below {@link #advance()} whose handler failed for good. */
  long failed() {
    return failed;
  }

  /** Slots below {@link #advance()} that hold no message. */
  long voided() {
    return voided;
  }

  private int offset(long sequence) {
    return (int) (sequence & mask) * Long.BYTES;
  }
}
