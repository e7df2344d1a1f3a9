package io.gpumq.trackb.queue;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.link.Ring;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.Carrier;
import io.gpumq.trackb.spi.Device;
import io.gpumq.trackb.store.Arena;
import java.nio.ByteBuffer;

/** A ring that runs, and what it takes. Safe for use by many threads. */
final class OpenRing {
  private final Arena arena;
  private final RingShape shape;
  private final RingFile file;
  private final Ring ring;
  private final Carrier carrier;

  /** Lanes that go through it. Guarded by the rings. */
  private int lanes;

  /** Why it does not run any more, or {@code null}. */
  private volatile String failure;

  private OpenRing(Arena arena, RingShape shape, RingFile file, Ring ring, Carrier carrier) {
    this.arena = arena;
    this.shape = shape;
    this.file = file;
    this.ring = ring;
    this.carrier = carrier;
  }

  /**
   * Opens a ring on a device.
   *
   * @param arena of the device, which keeps what the device wants for itself, too
   */
  static OpenRing open(
      String name,
      int largestPayload,
      HandlerSpec handler,
      int maxTries,
      Device device,
      Arena arena) {
    RingShape sizes = RingShape.of(largestPayload, handler, maxTries, 0);
    int bytes = RingShape.deviceBytes(sizes.slots());
    long place = arena.allocate(bytes);
    if (place == Arena.NO_ROOM) {
      throw new io.gpumq.api.ConfigException(
          "ring '"
              + name
              + "': the store has no room for its "
              + bytes
              + " bytes; set store.bytes");
    }
    RingShape shape = RingShape.of(largestPayload, handler, maxTries, place);
    RingFile file = null;
    try {
      file = RingFile.create(name, shape);
      Ring ring = new Ring(file, shape, device.hasExpress());
      Carrier carrier = device.start(file, shape, handler, ring::landedSoFar);
      return new OpenRing(arena, shape, file, ring, carrier);
    } catch (Throwable e) {
      RingFile made = file;
      Steps.undo(e, () -> arena.free(place, bytes), made == null ? () -> {} : made::close);
      throw e;
    }
  }

  /** One lane more goes through it. */
  void join() {
    lanes++;
  }

  void leave() {
    lanes--;
  }

  /** Whether no lane goes through it, and nothing is under way. */
  boolean isUnused() {
    return lanes == 0 && ring.isIdle();
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

  String failure() {
    return failure;
  }

  /** Looks whether it still runs. */
  void watch() {
    if (failure == null) {
      failure = carrier.failure();
    }
  }

  /** Stops it and gives back what it took. Once. */
  void close() {
    new Steps()
        .run(carrier::stop)
        .run(() -> arena.free(shape.statesPlace(), RingShape.deviceBytes(shape.slots())))
        .run(file::close)
        .finish();
  }

  /** Units that an entry of the largest payload takes. */
  int mostEntryBytes() {
    return (4 + (shape.largestPayload() + shape.resultBytes()) / UNIT + 2) * UNIT;
  }
}
