package io.gpumq.trackb.queue;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.api.TrackFailedException;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.link.Ring;
import io.gpumq.trackb.log.EntryLog;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.Carrier;
import io.gpumq.trackb.spi.Device;
import io.gpumq.trackb.store.Segment;
import io.gpumq.trackb.store.Store;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A ring that runs, and what it takes. Safe for use by many threads. */
final class OpenRing {
  private final Store store;
  private final RingShape shape;
  private final RingFile file;
  private final Ring ring;
  private final Carrier carrier;
  private final Watch watch;

  /** Lanes that go through it. Guarded by the rings. */
  private int lanes;

  /**
   * Logs that have left it, and hold memory that may still be written to: nearly always none. Who
   * watches may look at them while another ends the ring.
   */
  private final List<EntryLog> leaving = new CopyOnWriteArrayList<>();

  /** Why it does not run any more, or {@code null}. */
  private volatile String failure;

  private OpenRing(
      Store store, RingShape shape, RingFile file, Ring ring, Carrier carrier, Watch watch) {
    this.store = store;
    this.shape = shape;
    this.file = file;
    this.ring = ring;
    this.carrier = carrier;
    this.watch = watch;
  }

  /**
   * What runs on a ring.
   *
   * @param largestPayload in bytes
   * @param maxTries runs of the handler before a message is given up
   * @param timeoutNanos that one message may take
   * @param lanes as {@link RingShape#lanes}; 0 for a ring that reads
   */
  record Plan(
      String name,
      int largestPayload,
      HandlerSpec handler,
      int maxTries,
      long timeoutNanos,
      int lanes) {
    /** A ring that carries nothing but reads. */
    static Plan ofReads(String name, long timeoutNanos) {
      return new Plan(name, 0, HandlerSpec.parse("echo"), 1, timeoutNanos, 0);
    }

    /** What the device wants of the store. */
    int deviceBytes() {
      return shape(0).deviceBytes();
    }

    private RingShape shape(long place) {
      return lanes == 0
          ? RingShape.ofReads(place)
          : RingShape.of(largestPayload, handler, maxTries, place, lanes);
    }
  }

  /**
   * Opens a ring on a device. An interrupt, which would close the file that is being made, is kept
   * for the caller.
   *
   * @param store of the device, which keeps what the device wants for itself, too
   * @param place where that is: given back at the ring's end, and where it cannot be opened
   */
  static OpenRing open(Plan plan, Device device, Store store, long place) {
    boolean interrupted = Thread.interrupted();
    try {
      return make(plan, device, store, place);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static OpenRing make(Plan plan, Device device, Store store, long place) {
    HandlerSpec handler = plan.handler();
    RingFile file = null;
    try {
      RingShape shape = plan.shape(place);
      file = RingFile.create(plan.name(), shape);
      device.vram().writeWords(place, shape.emptyStates());
      Ring ring = new Ring(file, shape, device.hasExpress(), handler.isInOrder());
      Carrier carrier = device.start(file, shape, handler, ring);
      Control control = new Control(file.control());
      Watch watch = new Watch(handler.text(), plan.timeoutNanos(), control, ring);
      return new OpenRing(store, shape, file, ring, carrier, watch);
    } catch (Throwable e) {
      RingFile made = file;
      Steps.undo(
          e,
          () -> store.freeOfRing(place, plan.deviceBytes()),
          made == null ? () -> {} : made::close);
      throw e;
    }
  }

  /** One lane more goes through it. */
  void join() {
    lanes++;
  }

  int lanes() {
    return lanes;
  }

  void leave() {
    lanes--;
  }

  /** A lane goes through it no more, whose log has ended. */
  void leave(EntryLog log) {
    leave();
    leaving.add(log);
    forgetEnded();
  }

  /** Forgets the logs that hold nothing any more, and with them all that they know. */
  void forgetEnded() {
    leaving.removeIf(log -> log.keptBytes().heldBytes() == 0);
  }

  /** Whether no lane goes through it, and nothing is under way, or ever will be. */
  boolean isUnused() {
    return lanes == 0 && !ring.isWritten() && (failure != null || ring.isIdle());
  }

  Ring ring() {
    return ring;
  }

  Carrier carrier() {
    return carrier;
  }

  ByteBuffer window() {
    return file.window();
  }

  /** Keeps its memory, beyond its close too, until a {@link #letGo}. Not for one that is closed. */
  void hold() {
    file.hold();
  }

  /** {@link #hold}, unless the memory is gone; returns whether it does. */
  boolean tryHold() {
    return file.tryHold();
  }

  void letGo() {
    file.release();
  }

  String failure() {
    return failure;
  }

  /** Throws if it does not run any more, and will not again. */
  void requireRunning() {
    if (failure != null) {
      throw new TrackFailedException(failure);
    }
  }

  /** Whether nothing works on it now: its device has died, and perhaps comes back. */
  boolean isAway() {
    return failure != null || carrier.isAway();
  }

  /** Looks whether it still runs, and whether a handler hangs; returns whether it just ended. */
  synchronized boolean watch() {
    if (failure != null) {
      return false;
    }
    long epoch = carrier.epoch();
    String why = carrier.failure();
    if (why == null) {
      String hangs = watch.look(System.nanoTime(), epoch);
      why = hangs == null ? null : carrier.hung(hangs, epoch);
    }
    failure = why;
    return why != null;
  }

  /** Whoever reads by it, or would look at it, hears of that instead. */
  private synchronized void endUse() {
    failure = failure == null ? "the track is closed" : failure;
  }

  /** What still works on it, after a stop that failed, keeps its words. */
  private void end() {
    carrier.stop();
    store.freeOfRing(shape.statesPlace(), shape.deviceBytes());
    int refuge = Segment.bytes(shape.chunkBytes() / UNIT);
    ring.takeRefuges(place -> store.freeRefuge(place, refuge));
    leaving.forEach(EntryLog::endWithRing);
  }

  /** Stops it and gives back what it took. Once. */
  void close() {
    new Steps()
        .run(this::endUse)
        .run(() -> ring.endWriting(file::hold, file::release))
        .run(this::end)
        .run(file::close)
        .finish();
  }

  /** Units that an entry of the largest payload takes. */
  int mostEntryBytes() {
    return (4 + (shape.largestPayload() + shape.resultBytes()) / UNIT + 2) * UNIT;
  }
}
