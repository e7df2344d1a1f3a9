package io.gpumq.trackb.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.api.QueueConfig;
import io.gpumq.trackb.device.HostBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The watcher of a track's rings, one of which cannot be watched. */
class RunningTest {
  private final Logger logger = Logger.getLogger(Running.class.getName());
  private final List<LogRecord> said = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          said.add(entry);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
  }

  @AfterEach
  void listenNoMore() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
  }

  private static RingQueue open(String name, Running running, Runnable asked) {
    ReadingDevice device = new ReadingDevice(new LocalDevice(new HostBackend()));
    device.beforeFailure = asked;
    return new RingQueue(QueueConfig.named(name).capacity(16).build(), device, running);
  }

  @Test
  void aRingThatThrowsIsSaidOnceAndKeepsNoOtherFromBeingWatched() {
    Running running = new Running();
    AtomicInteger before = new AtomicInteger();
    AtomicInteger behind = new AtomicInteger();
    Runnable fail =
        () -> {
          throw new IllegalStateException("no answer");
        };
    List<RingQueue> queues =
        List.of(
            open("one", running, before::incrementAndGet),
            open("bad", running, fail),
            open("worse", running, fail),
            open("other", running, behind::incrementAndGet));
    for (int i = 0; i < 5; i++) {
      running.watch();
    }
    queues.forEach(RingQueue::close);
    assertEquals(5, before.get());
    assertEquals(5, behind.get());
    assertEquals(2, said.size(), "once for each ring that throws");
  }
}
