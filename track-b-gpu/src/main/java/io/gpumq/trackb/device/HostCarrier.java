package io.gpumq.trackb.device;

import static io.gpumq.kernels.LinkLayout.DESCRIPTOR_BYTES;
import static io.gpumq.kernels.LinkLayout.DONE;
import static io.gpumq.kernels.LinkLayout.EMPTY;
import static io.gpumq.kernels.LinkLayout.ERROR_FAULT;
import static io.gpumq.kernels.LinkLayout.ERROR_PLACE;
import static io.gpumq.kernels.LinkLayout.ERROR_STAMP;
import static io.gpumq.kernels.LinkLayout.ERROR_STATE;
import static io.gpumq.kernels.LinkLayout.INFLIGHT;
import static io.gpumq.kernels.LinkLayout.LAP_SHIFT;
import static io.gpumq.kernels.LinkLayout.MOST_TRIES;
import static io.gpumq.kernels.LinkLayout.OP_READ;
import static io.gpumq.kernels.LinkLayout.READY;
import static io.gpumq.kernels.LinkLayout.READ_UNITS;
import static io.gpumq.kernels.LinkLayout.STATUS_FAILED;
import static io.gpumq.kernels.LinkLayout.STATUS_OK;
import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.HostHandler;
import io.gpumq.trackb.layout.CompletionWord;
import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.layout.SlotWords;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.Resume;
import io.gpumq.trackb.waiting.Backoff;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A thread that does what a warp of the persistent kernel does, over the same words and in the same
 * states: the twin of {@code run_warp} in {@code link/protocol.h}.
 */
final class HostCarrier implements Runnable {
  private static final int NO_FLAW = 0;

  private final RingFile file;
  private final Control control;
  private final RingShape shape;
  private final HostVram vram;
  private final HostHandler handler;
  private final boolean isInOrder;
  private final AtomicLong tickets;
  private final Resume resume;
  private final Backoff backoff = new Backoff();
  private final int slotShift;
  private final int resultUnits;
  private final ByteBuffer states;
  private final int statesAt;
  private final ByteBuffer[] payloads;
  private final ByteBuffer[] results;
  private long beats;

  // The message that it is at work on.
  private long what;
  private long where;

  HostCarrier(
      RingFile file,
      RingShape shape,
      HostVram vram,
      HandlerSpec handler,
      AtomicLong tickets,
      Resume resume) {
    this.file = file;
    this.control = new Control(file.control());
    this.shape = shape;
    this.vram = vram;
    this.handler = handler.newHostHandler();
    this.isInOrder = handler.isInOrder();
    this.tickets = tickets;
    this.resume = resume;
    slotShift = Integer.numberOfTrailingZeros(shape.slots());
    resultUnits = EntryHeader.units(shape.resultBytes());
    states = vram.piece(shape.statesPlace());
    statesAt = vram.offset(shape.statesPlace());
    payloads = new ByteBuffer[vram.pieceCount()];
    results = new ByteBuffer[vram.pieceCount()];
  }

  @Override
  public void run() {
    while (true) {
      long first = tickets.getAndIncrement() * shape.ticketSlots();
      if (first >= resume.end()) {
        return;
      }
      long end = Math.min(first + shape.ticketSlots(), resume.end());
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
            || CompletionWord.isOf(
                Words.getAcquire(file.completions(), slot(sequence) * Long.BYTES), sequence));
  }

  private int slot(long sequence) {
    return (int) (sequence & shape.slots() - 1);
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

  /**
   * Carries one message to its completion. Returns false if the ring broke, or is to stop first.
   */
  private boolean carry(long sequence) {
    int descriptor = slot(sequence) * DESCRIPTOR_BYTES;
    what = Words.getOpaque(file.descriptors(), descriptor);
    where = Words.getOpaque(file.descriptors(), descriptor + Long.BYTES);
    int flaw = flaw(sequence);
    if (flaw != NO_FLAW) {
      control.setError(flaw, sequence);
      return false;
    }
    long lap = sequence >> slotShift;
    move(sequence, lap - 1, DONE, lap, EMPTY); // on the first lap it is empty already
    moveBytes();
    if (isInOrder && !awaitOneBefore(sequence)) {
      return false;
    }
    boolean ours =
        move(sequence, lap, EMPTY, lap, READY) && move(sequence, lap, READY, lap, INFLIGHT);
    int tries = 0;
    int error = HostHandler.OK;
    if (SlotWords.isHandled(what)) {
      clearResult();
      tries = Math.min(SlotWords.tries(what) + 1, MOST_TRIES);
      if (SlotWords.isCondemned(where)) {
        tries = SlotWords.tries(what);
        error = ERROR_FAULT;
      } else {
        error = handle(tries);
        while (error != HostHandler.OK && tries < shape.maxTries()) {
          ours &= move(sequence, lap, INFLIGHT, lap, READY);
          ours &= move(sequence, lap, READY, lap, INFLIGHT);
          error = handle(++tries);
        }
      }
      finishEntry(tries, error);
    }
    if (!ours || !move(sequence, lap, INFLIGHT, lap, DONE)) {
      control.setError(ERROR_STATE, sequence);
      return false;
    }
    long word = CompletionWord.of(sequence, status(error), SlotWords.isPushed(what), tries, error);
    // Pairs with the acquire in Completions.advance().
    Words.setRelease(file.completions(), slot(sequence) * Long.BYTES, word);
    return true;
  }

  /** Waits for the message that this one comes after: {@code await_done} in {@code moves.h}. */
  private boolean awaitOneBefore(long sequence) {
    long after = after();
    if (after == 0 || after > sequence) {
      return true;
    }
    long done = after - 1 >> slotShift << LAP_SHIFT | DONE;
    backoff.reset();
    // Pairs with the compare-and-set to DONE; a later lap's word is larger.
    while (Words.getAcquire(states, statesAt + slot(after - 1) * Long.BYTES) < done) {
      if (control.stopRequested()) {
        return false;
      }
      backoff.pause();
    }
    return true;
  }

  /** One more than the sequence of that message, or 0. */
  private long after() {
    long place = SlotWords.place(where);
    ByteBuffer memory = vram.piece(place);
    int at = vram.offset(place);
    boolean isKeyed = SlotWords.isHandled(what) && EntryHeader.hasKey(Words.get(memory, at));
    return isKeyed ? Words.get(memory, at + UNIT + Long.BYTES) : 0;
  }

  /** What is wrong with a descriptor: 0, or the error. */
  private int flaw(long sequence) {
    if (!SlotWords.isOf(what, sequence) || !SlotWords.isWhereOf(where, sequence)) {
      return ERROR_STAMP;
    }
    int begin = SlotWords.unit(where) - (SlotWords.isMoved(what) ? 1 : 0);
    if (begin < 0 || begin > window()) {
      return ERROR_PLACE;
    }
    int behind = SlotWords.isMoved(what) ? tailUnits() : 0;
    int units = headingUnits() + payloadUnits() + Math.max(behind, handledUnits());
    int there = SlotWords.isMoved(what) ? headingUnits() + behind : units;
    boolean inWindow = windowUnit() + there <= window();
    boolean inArena = isInArena(SlotWords.place(where), units);
    boolean isThere = !SlotWords.isMoved(what) || isInArena(source(), payloadUnits());
    return inArena && inWindow && isThere ? NO_FLAW : ERROR_PLACE;
  }

  /** Where it begins in the window, and what is carried in the ingress memory. */
  private int windowUnit() {
    int unit = SlotWords.unit(where);
    return SlotWords.op(what) == OP_READ ? unit * READ_UNITS : unit;
  }

  private int window() {
    return shape.windowBytes() / UNIT;
  }

  private boolean isInArena(long place, int units) {
    return place >= 0 && place <= vram.bytes() / UNIT - units;
  }

  /** Units of the results, where a handler runs. */
  private int handledUnits() {
    return SlotWords.isHandled(what) ? resultUnits : 0;
  }

  /** Units of header and extensions. */
  private int headingUnits() {
    return SlotWords.op(what) == OP_READ ? 0 : 1 + SlotWords.extensions(where);
  }

  private int payloadUnits() {
    return EntryHeader.units(SlotWords.length(what));
  }

  /** Where the payload of what moves lies; it stands before the header, as does the next. */
  private long source() {
    return Words.get(file.ingress(), (SlotWords.unit(where) - 1) * UNIT);
  }

  /** Units that go behind that payload. */
  private int tailUnits() {
    return (int) Words.get(file.ingress(), SlotWords.unit(where) * UNIT - Long.BYTES);
  }

  /** Moves what a descriptor says to where it says. */
  private void moveBytes() {
    long place = SlotWords.place(where);
    int at = windowUnit() * UNIT;
    int heading = headingUnits() * UNIT;
    int payload = payloadUnits() * UNIT;
    ByteBuffer memory = vram.piece(place);
    int to = vram.offset(place);
    if (SlotWords.op(what) == OP_READ) {
      file.window().put(at, memory, to, payload);
    } else if (SlotWords.isMoved(what)) {
      memory.put(to, file.ingress(), at, heading);
      if (source() != place + headingUnits()) { // else it lies there already
        memory.put(to + heading, vram.piece(source()), vram.offset(source()), payload);
      }
      memory.put(to + heading + payload, file.ingress(), at + heading, tailUnits() * UNIT);
    } else {
      memory.put(to, file.ingress(), at, heading + payload);
    }
  }

  /** {@code clear_results} in {@code carry.h}. */
  private void clearResult() {
    long place = SlotWords.place(where);
    int at = vram.offset(place) + (headingUnits() + payloadUnits()) * UNIT;
    Words.clear(vram.piece(place), at, at + resultUnits * UNIT);
  }

  private int handle(int attempt) {
    long place = SlotWords.place(where);
    int index = vram.pieceOf(place);
    if (payloads[index] == null) {
      payloads[index] = vram.piece(place).duplicate();
      results[index] = vram.piece(place).duplicate();
    }
    int at = vram.offset(place) + (1 + SlotWords.extensions(where)) * UNIT;
    int length = SlotWords.length(what);
    ByteBuffer payload = payloads[index].limit(at + length).position(at);
    int resultAt = at + EntryHeader.units(length) * UNIT;
    ByteBuffer result = results[index].limit(resultAt + shape.resultBytes()).position(resultAt);
    return handler.handle(payload, result, attempt);
  }

  /** Corrects the header where the host's guess was wrong, and pushes the entry. */
  private void finishEntry(int tries, int error) {
    long place = SlotWords.place(where);
    ByteBuffer memory = vram.piece(place);
    int from = vram.offset(place);
    if (tries != 1 || error != HostHandler.OK) {
      long header = Words.get(memory, from);
      Words.set(memory, from, EntryHeader.corrected(header, status(error), tries, error));
    }
    if (SlotWords.isPushed(what)) {
      int bytes = (headingUnits() + payloadUnits() + resultUnits) * UNIT;
      file.window().put(SlotWords.unit(where) * UNIT, memory, from, bytes);
    }
  }

  private static int status(int error) {
    return error != HostHandler.OK ? STATUS_FAILED : STATUS_OK;
  }

  private boolean move(long sequence, long fromLap, int from, long toLap, int to) {
    return Words.compareAndSet(
        states,
        statesAt + slot(sequence) * Long.BYTES,
        fromLap << LAP_SHIFT | from,
        toLap << LAP_SHIFT | to);
  }
}
