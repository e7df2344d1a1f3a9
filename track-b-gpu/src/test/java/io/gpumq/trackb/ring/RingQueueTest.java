package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.QueueConfig;
import io.gpumq.api.TrackFailedException;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.device.HostBackend;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** How a queue ends on a device that does not. */
class RingQueueTest {
  /** The device host, but for the end of its rings, which fails once they have ended. */
  private static final class Endless implements RingDevice {
    private final RingDevice device = new LocalDevice(new HostBackend());

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
      return false;
    }

    @Override
    public RunningRing start(
        SharedFile file, RingGeometry geometry, HandlerSpec handler, LongSupplier landed) {
      RunningRing ring = device.start(file, geometry, handler, landed);
      return new RunningRing() {
        @Override
        public void read(int area, long firstSequence, int count, int readsOffset) {
          ring.read(area, firstSequence, count, readsOffset);
        }

        @Override
        public void awaitReads(int area) {
          ring.awaitReads(area);
        }

        @Override
        public String failure() {
          return ring.failure();
        }

        @Override
        public void stop() {
          ring.stop();
          throw new TrackFailedException("the kernel does not end");
        }
      };
    }

    @Override
    public void close() {
      device.close();
    }
  }

  @Test
  void everyCloseTellsTheSameFailureAsItIs() {
    Running running = new Running();
    RingQueue queue = new RingQueue(QueueConfig.named("endless").build(), new Endless(), running);
    assertTrue(running.has(queue));
    var first = assertThrows(TrackFailedException.class, queue::close);
    var second = assertThrows(TrackFailedException.class, queue::close);
    assertEquals("the kernel does not end", first.getMessage());
    assertSame(first, second);
    assertFalse(running.has(queue));
  }
}
