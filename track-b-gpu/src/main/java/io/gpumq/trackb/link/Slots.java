package io.gpumq.trackb.link;

import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.waiting.SpinningLock;
import java.lang.invoke.VarHandle;
import java.util.function.LongSupplier;

/**
 * The slots of a ring, which are those of an LMAX Disruptor: its events say what each slot carries.
 * Claimed, described, published; the feeder releases the head to the device once for all that is
 * published without a gap.
 *
 * <p>The feeder has no thread: whoever published feeds for as long as there is something to
 * release, unless another does. That saves a hand-over between cores, and a spinning thread. No
 * code of users runs between a claim and its publishing, so that no claim holds up another for
 * long. Safe for use by many threads.
 */
final class Slots {
  /** What {@link #tryClaim} answers when there is no room. */
  static final long FULL = -1;

  /**
   * What a claim must not overtake by more than the ring: the landed watermark, as the Disruptor
   * wants it, the last sequence that is done with.
   */
  private static final class Gate extends Sequence {
    private final LongSupplier landed;

    Gate(LongSupplier landed) {
      this.landed = landed;
    }

    @Override
    public long get() {
      return landed.getAsLong() - 1;
    }

    /** The Disruptor would set a new gate to its cursor; this one knows better. */
    @Override
    public void set(long value) {}
  }

  private final RingBuffer<Run> ring;
  private final Control control;
  private final LongSupplier landed;

  /** The last sequence that the device has heard of. Written by the feeder. */
  private final Sequence fed = new Sequence();

  private final SpinningLock feeding = new SpinningLock();

  /**
   * @param landed every sequence below has landed, and its owner has heard of it
   */
  Slots(int slots, Control control, LongSupplier landed) {
    this.control = control;
    this.landed = landed;
    ring = RingBuffer.createMultiProducer(Run::new, slots, new BusySpinWaitStrategy());
    ring.addGatingSequences(new Gate(landed)); // what has landed was fed
  }

  /**
   * Claims the next sequences.
   *
   * @param count 1 to {@link #size()}
   * @return the first one claimed, or {@link #FULL}
   */
  long tryClaim(int count) {
    try {
      return ring.tryNext(count) - count + 1;
    } catch (InsufficientCapacityException e) {
      return FULL;
    }
  }

  /** What the slot of a sequence carries. */
  Run run(long sequence) {
    return ring.get(sequence);
  }

  /** Publishes claimed sequences, and sees to it that the device hears of them. */
  void publish(long first, long last) {
    ring.publish(first, last);
    do {
      if (!feeding.tryLock()) {
        return; // whoever is feeding looks again after it stopped, and finds these
      }
      feed(first, last);
      feeding.unlock();
      // Pairs with the lock above in another producer, behind its publish: either it finds nobody
      // feeding, or the look below finds what it published.
      VarHandle.fullFence();
    } while (ring.isAvailable(fed.get() + 1));
  }

  /** Releases the head to all that is published without a gap; ends after the ring's size. */
  private void feed(long first, long last) {
    long from = fed.get() + 1;
    long next = from == first ? last + 1 : from; // its own it need not look for
    while (ring.isAvailable(next)) {
      next++;
    }
    if (next > from) {
      control.releaseHead(next);
      fed.set(next - 1);
    }
  }

  /**
   * Every sequence below is published, and the device has heard of it. Who reads it sees what was
   * written of those before they were published.
   */
  long published() {
    return fed.get() + 1;
  }

  /** The next sequence to be claimed. */
  long claimed() {
    return ring.getCursor() + 1;
  }

  /** Slots that could be claimed now, perhaps by another, as far as it was found last. */
  int room() {
    return (int) (size() - claimed() + landed.getAsLong());
  }

  /** Whether so many could be claimed now, perhaps by another. */
  boolean has(int count) {
    return ring.hasAvailableCapacity(count);
  }

  int size() {
    return ring.getBufferSize();
  }
}
