package io.gpumq.trackb.device;

import static io.gpumq.kernels.RingLayout.DONE;
import static io.gpumq.kernels.RingLayout.EMPTY;
import static io.gpumq.kernels.RingLayout.INFLIGHT;
import static io.gpumq.kernels.RingLayout.LAP_SHIFT;
import static io.gpumq.kernels.RingLayout.READY;

import io.gpumq.kernels.HostHandler;
import io.gpumq.kernels.RingLayout;
import io.gpumq.trackb.layout.Completion;
import io.gpumq.trackb.layout.ControlBlock;
import io.gpumq.trackb.layout.Descriptor;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.ring.RingGeometry;
import io.gpumq.trackb.ring.SharedFile;
import io.gpumq.trackb.spi.Resume;
import io.gpumq.trackb.waiting.Backoff;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A thread that does what a warp of the persistent kernel does, over the same words and in the same
 * states: the twin of {@code run_warp} in {@code ring_protocol.h}.
 */
final class HostWorker implements Runnable {
  private final SharedFile file;
  private final ControlBlock control;
  private final RingGeometry g;
  private final HostMemory memory;
  private final HostHandler handler;
  private final AtomicLong tickets;
  private final Resume resume;
  private final Backoff backoff = new Backoff();

  private final int capacityShift;
  private final ByteBuffer window;
  private final ByteBuffer[] payloads;
  private final ByteBuffer[] results;
  private long beats;

  HostWorker(
      SharedFile file,
      RingGeometry g,
      HostMemory memory,
      HostHandler handler,
      AtomicLong tickets,
      Resume resume) {
    this.file = file;
    this.control = new ControlBlock(file.control());
    this.g = g;
    this.memory = memory;
    this.handler = handler;
    this.tickets = tickets;
    this.resume = resume;
    capacityShift = Integer.numberOfTrailingZeros(g.capacity());
    window = file.window();
    payloads = new ByteBuffer[memory.segmentCount()];
    results = new ByteBuffer[memory.segmentCount()];
  }

  @Override
  public void run() {
    while (true) {
      long first = tickets.getAndIncrement() * g.chunkSlots();
      if (first >= resume.end()) {
        return;
      }
      long end = Math.min(first + g.chunkSlots(), resume.end());
      for (long next = first; next < end; ) {
        long head = awaitPublished(next);
        if (head < 0) {
          return;
        }
        for (long upto = Math.min(head, end); next < upto; next++) {
          if (!isCompleted(next) && !carry(next)) {
            return;
          }
        }
      }
    }
  }

  /** Whether there is nothing to do: a device before this one did it. */
  private boolean isCompleted(long sequence) {
    return sequence < resume.resumeEnd()
        && (sequence < resume.first()
            || Completion.isOf(
                Words.getAcquire(file.completions(), completion(sequence)), sequence));
  }

  private int completion(long sequence) {
    return (int) (sequence & g.capacity() - 1) * Long.BYTES;
  }

  /** Waits until {@code sequence} is published. Returns the head, or -1 to stop. */
  private long awaitPublished(long sequence) {
    backoff.reset();
    while (true) {
      long head = control.acquireHead(); // pairs with releaseHead() of the feeder
      if (control.stopRequested()) {
        return -1;
      }
      if (head > sequence) {
        return head;
      }
      control.setHeartbeat(++beats);
      backoff.pause();
    }
  }

  /** Carries one message from the ingress ring to its completion. False if the ring broke. */
  private boolean carry(long sequence) {
    int ingressIndex = (int) (sequence & g.ingressSlots() - 1);
    long word = Words.getOpaque(file.descriptors(), ingressIndex * Long.BYTES);
    if (!Descriptor.isOf(word, sequence)) {
      control.setError(RingLayout.ERROR_STAMP, sequence);
      return false;
    }
    long lap = sequence >> capacityShift;
    move(sequence, lap - 1, DONE, lap, EMPTY); // on the first lap it is empty already

    int length = Descriptor.length(word);
    ByteBuffer segment = memory.segment(sequence);
    int offset = memory.offset(sequence);
    segment.put(offset, file.ingress(), ingressIndex * g.slotBytes(), length);
    boolean ours =
        move(sequence, lap, EMPTY, lap, READY) && move(sequence, lap, READY, lap, INFLIGHT);

    int tries = Math.min(Descriptor.tries(word) + 1, RingLayout.MOST_TRIES);
    int error = Descriptor.error(word);
    int status = RingLayout.STATUS_VOID;
    if (error != HostHandler.OK) {
      tries = Descriptor.tries(word);
      status = RingLayout.STATUS_FAILED;
    } else if (!Descriptor.isVoid(word)) {
      error = handle(sequence, length, tries);
      while (error != HostHandler.OK && tries < g.maxTries()) {
        ours &= move(sequence, lap, INFLIGHT, lap, READY);
        ours &= move(sequence, lap, READY, lap, INFLIGHT);
        error = handle(sequence, length, ++tries);
      }
      status = error == HostHandler.OK ? RingLayout.STATUS_OK : RingLayout.STATUS_FAILED;
    }

    // Acquired after the head, so never lower than what the host had let go by then.
    boolean push = sequence < control.acquirePushLimit();
    if (push) {
      int at = (int) (sequence & g.windowSlots() - 1) * g.strideBytes();
      window.put(at, segment, offset, length);
      window.put(at + g.slotBytes(), segment, offset + g.slotBytes(), g.resultBytes());
    }
    if (!ours || !move(sequence, lap, INFLIGHT, lap, DONE)) {
      control.setError(RingLayout.ERROR_STATE, sequence);
      return false;
    }
    // Pairs with the acquire in Completions.advance().
    Words.setRelease(
        file.completions(),
        completion(sequence),
        Completion.word(sequence, length, status, push, tries, error));
    return true;
  }

  private int handle(long sequence, int length, int attempt) {
    int index = memory.index(sequence);
    if (payloads[index] == null) {
      payloads[index] = memory.segment(sequence).duplicate();
      results[index] = memory.segment(sequence).duplicate();
    }
    int at = memory.offset(sequence);
    ByteBuffer payload = payloads[index].limit(at + length).position(at);
    int resultAt = at + g.slotBytes();
    ByteBuffer result = results[index].limit(resultAt + g.resultBytes()).position(resultAt);
    return handler.handle(payload, result, attempt);
  }

  private boolean move(long sequence, long fromLap, int from, long toLap, int to) {
    return Words.compareAndSet(
        memory.states(),
        memory.stateOffset(sequence),
        fromLap << LAP_SHIFT | from,
        toLap << LAP_SHIFT | to);
  }
}
