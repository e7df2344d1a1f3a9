package io.gpumq.trackb.ring;

import io.gpumq.kernels.HandlerSpec;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** A device that counts what is read from its VRAM rings, and may fail at it. */
final class ReadingDevice implements RingDevice {
  /** Slots that were read into areas that consumers share. */
  final AtomicInteger ahead = new AtomicInteger();

  /** Slots that were read one by one. */
  final AtomicInteger scattered = new AtomicInteger();

  /** Run before slots are read. */
  volatile Runnable beforeRead = () -> {};

  /** Run before the ring's failure is told. */
  volatile Runnable beforeFailure = () -> {};

  private final RingDevice device;

  ReadingDevice(RingDevice device) {
    this.device = device;
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
  public RunningRing start(
      SharedFile file, RingGeometry geometry, HandlerSpec handler, LongSupplier landed) {
    RunningRing ring = device.start(file, geometry, handler, landed);
    return new RunningRing() {
      @Override
      public void read(int area, long firstSequence, int count, int readsOffset) {
        beforeRead.run();
        (area == 0 ? scattered : ahead).addAndGet(count);
        ring.read(area, firstSequence, count, readsOffset);
      }

      @Override
      public void awaitReads(int area) {
        ring.awaitReads(area);
      }

      @Override
      public String failure() {
        beforeFailure.run();
        return ring.failure();
      }

      @Override
      public void stop() {
        ring.stop();
      }
    };
  }

  @Override
  public void close() {
    device.close();
  }
}
