package io.gpumq.trackb.queue;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.memory.RingFileName;
import io.gpumq.trackb.spi.Carrier;
import io.gpumq.trackb.spi.Device;
import io.gpumq.trackb.spi.HostSide;
import io.gpumq.trackb.spi.Vram;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A device that counts what is read from its store, and may fail at it. */
final class ReadingDevice implements Device {
  /** Bytes that were read into areas that consumers share. */
  final AtomicLong ahead = new AtomicLong();

  /** Reads of entries one by one, of as many as there was room for at once. */
  final AtomicInteger scattered = new AtomicInteger();

  /** Run before entries are read one by one. */
  volatile Runnable beforeRead = () -> {};

  /** Run before a ring's failure is told, with the ring's name. */
  volatile Consumer<String> beforeFailure = ring -> {};

  private final Device device;
  private final Vram vram;

  ReadingDevice(Device device) {
    this.device = device;
    vram = new CountingVram(device.vram());
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
    Carrier carrier = device.start(file, shape, handler, host);
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
          scattered.incrementAndGet();
        }
        return carrier.isAway();
      }

      @Override
      public void stop() {
        carrier.stop();
      }
    };
  }

  @Override
  public void close() {
    device.close();
  }

  private final class CountingVram implements Vram {
    private final Vram memory;

    CountingVram(Vram memory) {
      this.memory = memory;
    }

    @Override
    public long bytes() {
      return memory.bytes();
    }

    @Override
    public String handle() {
      return memory.handle();
    }

    @Override
    public void read(int area, long place, int bytes, int offset) {
      ahead.addAndGet(bytes);
      memory.read(area, place, bytes, offset);
    }

    @Override
    public void awaitReads(int area) {
      memory.awaitReads(area);
    }

    @Override
    public void write(long place, ByteBuffer from, int offset, int bytes) {
      memory.write(place, from, offset, bytes);
    }

    @Override
    public void move(long from, long to, int bytes) {
      memory.move(from, to, bytes);
    }

    @Override
    public void readWords(long place, long[] words) {
      memory.readWords(place, words);
    }

    @Override
    public void writeWords(long place, long[] words) {
      memory.writeWords(place, words);
    }

    @Override
    public void close() {
      memory.close();
    }
  }
}
