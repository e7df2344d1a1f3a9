package io.gpumq.trackb.ring;

import static io.gpumq.kernels.RingLayout.CELL_BYTES;
import static io.gpumq.kernels.RingLayout.CELL_PAYLOAD;
import static io.gpumq.kernels.RingLayout.DONE;
import static io.gpumq.kernels.RingLayout.EMPTY;
import static io.gpumq.kernels.RingLayout.EXPRESS_LENGTH_BITS;
import static io.gpumq.kernels.RingLayout.EXPRESS_SLOTS;
import static io.gpumq.kernels.RingLayout.INFLIGHT;
import static io.gpumq.kernels.RingLayout.LAP_SHIFT;
import static io.gpumq.kernels.RingLayout.READY;

import io.gpumq.kernels.RingLayout;
import io.gpumq.trackb.layout.Completion;
import io.gpumq.trackb.layout.Descriptor;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.spi.Resume;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;

/**
 * Brings a ring whose device died to where the next one can take it up.
 *
 * <p>It looks at the sequences from the landed watermark on, as many as the ingress ring has slots:
 * those below have their completion words and are left alone, those above were not claimed while
 * the device lived. What has no completion word is ingested again from the ingress ring, which
 * holds it until it has landed: the handler may have changed the payload in VRAM.
 *
 * <p>For one thread, while no device lives: then alone may the owner write the device's words.
 */
public final class Recovery {
  private final RingGeometry g;
  private final RingMemory memory;
  private final ByteBuffer descriptors;
  private final ByteBuffer completions;
  private final ByteBuffer cells;
  private final Express express;
  private final LongSupplier landed;
  private final ByteBuffer slot;

  /**
   * @param landed tells below which sequence every completion word was seen in its place
   */
  public Recovery(SharedFile file, RingGeometry g, RingMemory memory, LongSupplier landed) {
    this.g = g;
    this.memory = memory;
    this.descriptors = file.descriptors();
    this.completions = file.completions();
    this.cells = file.express();
    this.express = new Express(file, g);
    this.landed = landed;
    this.slot = ByteBuffer.allocateDirect(g.strideBytes()).order(ByteOrder.nativeOrder());
  }

  /** What a device left. */
  public final class Remains {
    private final long first = landedTo();
    private final long[] states = new long[g.ingressSlots()];
    private final List<Long> suspects = new ArrayList<>();

    private Remains() {
      memory.readStates(first, states);
      for (long sequence = first; sequence < end(); sequence++) {
        if (isSuspect(sequence)) {
          suspects.add(sequence);
        }
      }
    }

    private long end() {
      return first + states.length;
    }

    private boolean isIn(long sequence, int state) {
      return states[(int) (sequence - first)] == stateWord(sequence, state);
    }

    private void set(long sequence, int state) {
      states[(int) (sequence - first)] = stateWord(sequence, state);
    }

    /** Whether the device may have died of it: it was at work on it, or had just been. */
    private boolean isSuspect(long sequence) {
      return (isIn(sequence, INFLIGHT) || isIn(sequence, DONE))
          && !isCompleted(sequence)
          && express.length(sequence) == Express.NONE;
    }

    /** The sequences that the device may have died of, in order. */
    public List<Long> suspects() {
      return suspects;
    }

    /** Devices that died while they were at work on a suspect, this one included. */
    public int attempts(long sequence) {
      long word = Words.getOpaque(descriptors, descriptor(sequence));
      return Math.min(Descriptor.tries(word) + 1, Descriptor.MAX_TRIES);
    }

    /**
     * Brings the ring in order.
     *
     * @param condemned whether a suspect is not to be handled any more
     * @param error the code that it then fails with
     */
    public void restore(LongPredicate condemned, int error) {
      for (long sequence = first; sequence < end(); sequence++) {
        if (isCompleted(sequence)) {
          continue;
        }
        if (landFromExpress(sequence)) {
          set(sequence, DONE);
          continue;
        }
        if (isSuspect(sequence)) {
          int offset = descriptor(sequence);
          int code = condemned.test(sequence) ? error : 0;
          long word = Words.getOpaque(descriptors, offset);
          Words.setOpaque(descriptors, offset, Descriptor.after(word, attempts(sequence), code));
        }
        if (isIn(sequence, READY) || isIn(sequence, INFLIGHT) || isIn(sequence, DONE)) {
          withdraw(sequence); // or it would pass its descriptor by
          set(sequence, EMPTY);
        }
      }
      memory.writeStates(first, states);
    }
  }

  /** Looks at what a device left, and changes nothing. */
  public Remains remains() {
    return new Remains();
  }

  /** What came out by express, and had not landed when the device died: consumers may have it. */
  private boolean landFromExpress(long sequence) {
    int length = express.length(sequence);
    if (length == Express.NONE || !express.copy(sequence, length, slot, 0)) {
      return false;
    }
    memory.writeSlot(sequence, slot);
    // Pairs with the acquire in Completions.landedWord(), as the device's would.
    Words.setRelease(
        completions,
        completion(sequence),
        Completion.word(sequence, length, RingLayout.STATUS_OK, false, 1, 0));
    return true;
  }

  /**
   * Takes back from the express way what was offered there, if it is still the last in its cells.
   */
  private void withdraw(long sequence) {
    int first = (int) (sequence & EXPRESS_SLOTS - 1) * g.expressBytes() + CELL_PAYLOAD;
    long itsWord = sequence + 1 << EXPRESS_LENGTH_BITS; // but for the length
    for (int cell = 0; cell < g.expressResultCell(); cell++) {
      int at = first + cell * CELL_BYTES;
      if ((Words.getOpaque(cells, at) ^ itsWord) >>> EXPRESS_LENGTH_BITS == 0) {
        Words.setOpaque(cells, at, 0);
      }
    }
  }

  /**
   * Where the next device takes the ring up.
   *
   * @param end of a trial, or {@link Resume#NEVER}
   */
  public Resume resume(long end) {
    long first = landedTo();
    long resumeEnd = first;
    for (long sequence = first; sequence < first + g.ingressSlots(); sequence++) {
      if (isCompleted(sequence)) {
        resumeEnd = sequence + 1;
      }
    }
    return new Resume(first, resumeEnd, end);
  }

  /** How many messages were completed so far. */
  public long completed() {
    long first = landedTo();
    long count = first - g.firstSequence();
    for (long sequence = first; sequence < first + g.ingressSlots(); sequence++) {
      count += isCompleted(sequence) ? 1 : 0;
    }
    return count;
  }

  /** Every sequence below has its completion word: others may only have looked less far. */
  private long landedTo() {
    long sequence = landed.getAsLong();
    while (isCompleted(sequence)) {
      sequence++;
    }
    return sequence;
  }

  private boolean isCompleted(long sequence) {
    return Completion.isOf(Words.getAcquire(completions, completion(sequence)), sequence);
  }

  private long stateWord(long sequence, int state) {
    return sequence / g.capacity() << LAP_SHIFT | state;
  }

  private int descriptor(long sequence) {
    return (int) (sequence & g.ingressSlots() - 1) * Long.BYTES;
  }

  private int completion(long sequence) {
    return (int) (sequence & g.capacity() - 1) * Long.BYTES;
  }
}
