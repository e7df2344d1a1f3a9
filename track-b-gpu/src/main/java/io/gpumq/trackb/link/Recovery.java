package io.gpumq.trackb.link;

import static io.gpumq.kernels.LinkLayout.DESCRIPTOR_BYTES;
import static io.gpumq.kernels.LinkLayout.DONE;
import static io.gpumq.kernels.LinkLayout.EMPTY;
import static io.gpumq.kernels.LinkLayout.INFLIGHT;
import static io.gpumq.kernels.LinkLayout.LAP_SHIFT;
import static io.gpumq.kernels.LinkLayout.MOST_TRIES;
import static io.gpumq.kernels.LinkLayout.OP_CARRY;
import static io.gpumq.kernels.LinkLayout.READY;
import static io.gpumq.kernels.LinkLayout.STATUS_OK;
import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.trackb.layout.CompletionWord;
import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.layout.SlotWords;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.Resume;
import io.gpumq.trackb.spi.Vram;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;

/**
 * Brings a ring whose device died to where the next one can take it up.
 *
 * <p>It looks at the sequences from the landed watermark on, as many as the ring has slots: those
 * below have their completion words and are left alone, those above were not claimed while the
 * device lived. What has no completion word is carried again from its chunk, which is not filled
 * anew until it has landed: the handler may have changed the payload in the store. What moves is
 * moved again from where its owner keeps it until then. A large payload was copied to its place
 * before it was published, and stays there: no handler may write to it.
 *
 * <p>For one thread, while no device lives: then alone may the owner write the device's words.
 */
public final class Recovery {
  private final RingShape shape;
  private final Vram vram;
  private final ByteBuffer descriptors;
  private final ByteBuffer completions;
  private final Express express;
  private final LongSupplier landed;
  private final ByteBuffer entry;

  /**
   * @param landed tells below which sequence every completion word was seen in its place
   */
  public Recovery(RingFile file, RingShape shape, Vram vram, LongSupplier landed) {
    this.shape = shape;
    this.vram = vram;
    this.descriptors = file.descriptors();
    this.completions = file.completions();
    this.express = new Express(file.express(), shape.expressBytes());
    this.landed = landed;
    this.entry = ByteBuffer.allocateDirect(shape.expressBytes()).order(ByteOrder.nativeOrder());
  }

  /** What a device left. */
  public final class Remains {
    private final long first = landedTo();
    private final long[] states = new long[shape.slots()];
    private final List<Long> suspects = new ArrayList<>();

    private Remains() {
      vram.readWords(shape.statesPlace(), states);
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
      return states[slot(sequence)] == stateWord(sequence, state);
    }

    private void set(long sequence, int state) {
      states[slot(sequence)] = stateWord(sequence, state);
    }

    /**
     * Whether the device may have died of it: it was at work on it, or had just been. Of a read it
     * does not die, nor of a dead letter: no handler runs.
     */
    private boolean isSuspect(long sequence) {
      return (isIn(sequence, INFLIGHT) || isIn(sequence, DONE))
          && SlotWords.isHandled(what(sequence))
          && !isCompleted(sequence)
          && !express.has(sequence);
    }

    /** The sequences that the device may have died of, in order. */
    public List<Long> suspects() {
      return suspects;
    }

    /** Devices that died while they were at work on a suspect, this one included. */
    public int attempts(long sequence) {
      return Math.min(SlotWords.tries(what(sequence)) + 1, MOST_TRIES);
    }

    /**
     * Brings the ring in order.
     *
     * @param condemned whether a suspect is not to be handled any more
     */
    public void restore(LongPredicate condemned) {
      for (long sequence = first; sequence < end(); sequence++) {
        if (isCompleted(sequence)) {
          continue;
        }
        if (landFromExpress(sequence)) {
          set(sequence, DONE);
          continue;
        }
        if (isSuspect(sequence)) {
          blame(sequence, attempts(sequence), condemned.test(sequence));
        }
        if (isIn(sequence, READY) || isIn(sequence, INFLIGHT) || isIn(sequence, DONE)) {
          express.withdraw(sequence); // or it would pass its descriptor by
          set(sequence, EMPTY);
        }
      }
      vram.writeWords(shape.statesPlace(), states);
    }
  }

  /** Looks at what a device left, and changes nothing. */
  public Remains remains() {
    return new Remains();
  }

  private void blame(long sequence, int attempts, boolean isCondemned) {
    int at = descriptor(sequence);
    Words.setOpaque(descriptors, at, SlotWords.afterTries(what(sequence), attempts));
    if (isCondemned) {
      Words.setOpaque(descriptors, at + Long.BYTES, SlotWords.condemned(where(sequence)));
    }
  }

  /** What came out by express, and had not landed when the device died: consumers may have it. */
  private boolean landFromExpress(long sequence) {
    boolean isMessage = SlotWords.op(what(sequence)) == OP_CARRY;
    int results = isMessage ? shape.resultBytes() : 0;
    int bytes = express.copy(sequence, results, entry, 0);
    if (bytes == Express.NONE) {
      return false;
    }
    if (isMessage) {
      int result = EntryHeader.units(bytes) * UNIT;
      int all = result + EntryHeader.units(results) * UNIT;
      Words.clear(entry, bytes, result);
      Words.clear(entry, result + results, all);
      vram.write(SlotWords.place(where(sequence)), entry, 0, all);
    }
    // Pairs with the acquire in Completions.word(), as the device's would.
    Words.setRelease(
        completions,
        slot(sequence) * Long.BYTES,
        CompletionWord.of(sequence, STATUS_OK, false, isMessage ? 1 : 0, 0));
    return true;
  }

  /**
   * Where the next device takes the ring up.
   *
   * @param end of a trial, or {@link Resume#NEVER}
   */
  public Resume resume(long end) {
    long first = landedTo();
    long resumeEnd = first;
    for (long sequence = first; sequence < first + shape.slots(); sequence++) {
      if (isCompleted(sequence)) {
        resumeEnd = sequence + 1;
      }
    }
    return new Resume(first, resumeEnd, end);
  }

  /** How many sequences were completed so far. */
  public long completed() {
    long first = landedTo();
    long count = first;
    for (long sequence = first; sequence < first + shape.slots(); sequence++) {
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
    return CompletionWord.isOf(
        Words.getAcquire(completions, slot(sequence) * Long.BYTES), sequence);
  }

  private long stateWord(long sequence, int state) {
    return sequence / shape.slots() << LAP_SHIFT | state;
  }

  private long what(long sequence) {
    return Words.getOpaque(descriptors, descriptor(sequence));
  }

  private long where(long sequence) {
    return Words.getOpaque(descriptors, descriptor(sequence) + Long.BYTES);
  }

  private int slot(long sequence) {
    return (int) (sequence & shape.slots() - 1);
  }

  private int descriptor(long sequence) {
    return slot(sequence) * DESCRIPTOR_BYTES;
  }
}
