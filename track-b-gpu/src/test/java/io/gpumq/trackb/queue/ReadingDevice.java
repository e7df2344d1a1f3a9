package io.gpumq.trackb.queue;

import static io.gpumq.kernels.LinkLayout.DESCRIPTOR_BYTES;
import static io.gpumq.kernels.LinkLayout.OP_READ;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.layout.SlotWords;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.memory.RingFileName;
import io.gpumq.trackb.spi.Carrier;
import io.gpumq.trackb.spi.Device;
import io.gpumq.trackb.spi.HostSide;
import io.gpumq.trackb.spi.Vram;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A device that tells how much is read from its store, and may fail at it. */
final class ReadingDevice implements Device {
  /** What the ring for reads carries, once it is open. */
  private volatile Requests requests;

  /** Run before anything is read. */
  volatile Runnable beforeRead = () -> {};

  /** Run before a ring's failure is told, with the ring's name. */
  volatile Consumer<String> beforeFailure = ring -> {};

  /** Run before a ring is started, with its name. */
  volatile Consumer<String> beforeStart = ring -> {};

  /** Rings that run. */
  final AtomicInteger running = new AtomicInteger();

  private final Device device;
  private final Vram vram;

  ReadingDevice(Device device) {
    this.device = device;
    vram = device.vram();
  }

  /** Reads that the device was asked for so far: long runs go in parts. */
  long reads() {
    return requests == null ? 0 : requests.reads();
  }

  /** Counts the reads among what a ring was asked for lately: headers go through it, too. */
  private static final class Requests {
    private final RingFile file;
    private final RingShape shape;
    private final Control control;
    private long seen;
    private long reads;

    Requests(RingFile file, RingShape shape) {
      this.file = file;
      this.shape = shape;
      control = new Control(file.control());
    }

    synchronized long reads() {
      long head = control.acquireHead();
      long gone = Math.max(0, head - seen - shape.slots()); // their descriptors are overwritten
      reads += gone;
      seen += gone;
      for (; seen < head; seen++) {
        int slot = (int) (seen & shape.slots() - 1);
        long what = Words.getOpaque(file.descriptors(), slot * DESCRIPTOR_BYTES);
        reads += SlotWords.op(what) == OP_READ ? 1 : 0;
      }
      return reads;
    }
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public String describe() {
    return device.describe();
  }

  @Override
  public boolean hasExpress() {
    return device.hasExpress();
  }

  @Override
  public Vram vram() {
    return vram;
  }

  @Override
  public Carrier start(RingFile file, RingShape shape, HandlerSpec handler, HostSide host) {
    String ring = RingFileName.of(file.path()).orElseThrow().label();
    beforeStart.accept(ring);
    Carrier carrier = device.start(file, shape, handler, host);
    running.incrementAndGet();
    if (ring.equals("reads")) {
      requests = new Requests(file, shape);
    }
    return new Carrier() {
      @Override
      public String failure() {
        beforeFailure.accept(ring);
        return carrier.failure();
      }

      /** Each reader asks before it reads by the ring. */
      @Override
      public boolean isAway() {
        if (ring.equals("reads")) {
          beforeRead.run();
        }
        return carrier.isAway();
      }

      @Override
      public void stop() {
        running.decrementAndGet();
        carrier.stop();
      }
    };
  }

  @Override
  public void close() {
    device.close();
  }
}
