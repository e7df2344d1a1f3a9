package io.gpumq.trackb.ring;

import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import io.gpumq.trackb.layout.ControlBlock;
import io.gpumq.trackb.layout.Descriptor;
import io.gpumq.trackb.layout.Words;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * The pinned ingress ring, which is an LMAX Disruptor's ring: its entries are flyweights over the
 * slots, so nothing is copied between the two. Producers claim, write in place, publish; the feeder
 * releases the head to the device once per batch.
 *
 * <p>The feeder has no thread: a producer that published becomes the feeder for as long as there is
 * something to release, unless another one is. That saves a hand-over between cores on the way of
 * each message, and a spinning thread.
 */
final class IngressRing {
  /** What {@link #tryClaim} answers when there is no room. */
  static final long FULL = -1;

  /** One slot of the ring. Belongs to whoever claimed its sequence, until it is published. */
  static final class Slot {
    private final ByteBuffer descriptors;
    private final int descriptorOffset;
    private final ByteBuffer payload;

    private Slot(SharedFile file, int index, int slotBytes) {
      this.descriptors = file.descriptors();
      this.descriptorOffset = index * Long.BYTES;
      this.payload = file.ingress().slice(index * slotBytes, slotBytes);
    }

    /**
     * Room for the payload, as new: from 0 to the slot's size, big endian, whatever was set of it
     * when the slot was written last.
     */
    ByteBuffer payload() {
      return payload.clear().order(ByteOrder.BIG_ENDIAN);
    }

    /** Says that the slot holds a message. Plain order would do: the head's release covers it. */
    void describe(long sequence, int length) {
      Words.setOpaque(descriptors, descriptorOffset, Descriptor.message(sequence, length));
    }

    /** Says that there is nothing in the slot. */
    void describeVoid(long sequence) {
      Words.setOpaque(descriptors, descriptorOffset, Descriptor.voided(sequence));
    }
  }

  /**
   * The watermark that producers must not overtake by more than the ring's size. In the terms of
   * the Disruptor, which lets a claim lead by its own size: a claim may lead what is published and
   * completed by the ingress ring, what is released by the VRAM ring. What goes by express may be
   * completed, and even released, before it is published.
   */
  private final class Gate extends Sequence {
    private final LongSupplier completed;
    private final LongSupplier released;

    Gate(LongSupplier completed, LongSupplier released) {
      this.completed = completed;
      this.released = released;
    }

    /** The last sequence that is done with. */
    @Override
    public long get() {
      if (ended || !file.tryHold()) {
        return Long.MAX_VALUE / 2; // a claim finds the end
      }
      try {
        return Math.min(completed.getAsLong(), released.getAsLong() + more) - 1;
      } finally {
        file.release();
      }
    }

    /** The Disruptor would set a new gate to its cursor; this one knows better. */
    @Override
    public void set(long value) {}
  }

  private final SharedFile file;
  private final RingBuffer<Slot> ring;
  private final ControlBlock control;

  /** How much larger the VRAM ring is. */
  private final int more;

  /** The last sequence that the device has heard of. Written by the feeder. */
  private final Sequence fed;

  private final AtomicBoolean feeding = new AtomicBoolean();

  /**
   * Whether claims leave the file alone. Written before {@link #claimed()} is read, and read behind
   * a claim: so the end of the ring sees the claim, or the claim sees the end.
   */
  private volatile boolean ended;

  /**
   * @param completed every sequence below is completed: its ingress slot may be written again
   * @param released every sequence below is released: its VRAM slot may be
   */
  IngressRing(SharedFile file, RingGeometry g, LongSupplier completed, LongSupplier released) {
    this.file = file;
    int[] index = {0};
    ring =
        RingBuffer.createMultiProducer(
            () -> new Slot(file, index[0]++, g.slotBytes()),
            g.ingressSlots(),
            new BusySpinWaitStrategy());
    control = new ControlBlock(file.control());
    fed = new Sequence(g.firstSequence() - 1);
    if (g.firstSequence() > 0) {
      ring.claimAndGetPreallocated(g.firstSequence() - 1);
      ring.publish(g.firstSequence() - 1);
    }
    control.releaseHead(g.firstSequence());
    more = g.capacity() - g.ingressSlots();
    ring.addGatingSequences(fed, new Gate(completed, released));
  }

  /**
   * Claims the next sequences.
   *
   * @param count 1 to {@link #size()}
   * @return the last one claimed, or {@link #FULL}
   */
  long tryClaim(int count) {
    try {
      return ring.tryNext(count);
    } catch (InsufficientCapacityException e) {
      return FULL;
    }
  }

  Slot slot(long sequence) {
    return ring.get(sequence);
  }

  /** Publishes sequences of which none is to be a message: their claim is given up. */
  void publishVoid(long first, long last) {
    describeVoid(first, last);
    publish(first, last);
  }

  /** Says that there is nothing in the slots, if anybody will look. */
  void describeVoid(long first, long last) {
    for (long sequence = first; sequence <= last && !ended; sequence++) {
      slot(sequence).describeVoid(sequence);
    }
  }

  /** Publishes claimed sequences, and sees to it that the device hears of them. */
  void publish(long first, long last) {
    ring.publish(first, last);
    do {
      if (!feeding.compareAndSet(false, true)) {
        return; // Whoever is feeding looks again after it stopped, and finds these.
      }
      feed(first, last);
      feeding.setRelease(false);
      // Pairs with the CAS above in another producer, behind its publish: either it finds nobody
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
      if (!ended) {
        control.releaseHead(next);
      }
      fed.set(next - 1);
    }
  }

  /**
   * Nothing that is published from now on is for the device. A claim that comes later does not
   * touch the file; one from below the answer may, until {@link #published()} has come to that.
   *
   * @return the next sequence to be claimed
   */
  long end() {
    ended = true;
    return claimed();
  }

  /** Every sequence below is published, and the device has heard of it. */
  long published() {
    return fed.get() + 1;
  }

  /** The next sequence to be claimed. */
  long claimed() {
    return ring.getCursor() + 1;
  }

  /** Slots that could be claimed now, perhaps by another. */
  int room() {
    return (int) ring.remainingCapacity();
  }

  /** As {@link #room()}, by watermarks as they are given: looks at nothing, waits for nothing. */
  int room(long completed, long released) {
    long done = Math.min(fed.get(), Math.min(completed, released + more) - 1);
    return (int) Math.max(0, size() - (ring.getCursor() - done));
  }

  int size() {
    return ring.getBufferSize();
  }
}
