package io.gpumq.tracka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.conformance.Await;
import io.gpumq.spi.BatchDevice;
import io.gpumq.spi.BatchDevices;
import io.gpumq.spi.BatchRunner;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a consumer holds on the device, a connection of a GPU among it, ends with its queue. */
@Tag("redis")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RunnersTest {
  private static final Duration SOON = Await.DEADLINE;

  private final AtomicInteger open = new AtomicInteger();

  /** Counts the runners that are open. */
  private final class Counting implements BatchDevice {
    private final BatchDevice device = BatchDevices.open("host");

    @Override
    public String name() {
      return device.name();
    }

    @Override
    public String describe() {
      return device.describe();
    }

    @Override
    public BatchRunner runner(String handler, int maxPayloadBytes, int capacity) {
      BatchRunner runner = device.runner(handler, maxPayloadBytes, capacity);
      open.incrementAndGet();
      return (BatchRunner)
          Proxy.newProxyInstance(
              BatchRunner.class.getClassLoader(),
              new Class<?>[] {BatchRunner.class},
              (proxy, method, args) -> {
                if (method.getName().equals("close")) {
                  open.decrementAndGet();
                }
                try {
                  return method.invoke(runner, args);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    @Override
    public void close() {
      device.close();
    }
  }

  private Track track() {
    var settings = RedisSettings.of(Map.of(RedisSettings.URI_KEY, TestRedis.uri()));
    return new RedisTrack(settings, ServerInfo.ask(settings), new Counting());
  }

  private static QueueConfig config(String name) {
    return QueueConfig.named(name + "-" + ProcessHandle.current().pid()).build();
  }

  @Test
  void aClosedQueueLeavesNone() throws Exception {
    try (Track track = track()) {
      MessageQueue queue = track.open(config("runners"));
      Consumer consumer = queue.consumer("g", "c");
      Consumer waits = queue.consumer("g", "waits");
      try (Producer producer = queue.producer()) {
        producer.send(new byte[] {7}, SOON);
      }
      assertEquals(1, consumer.poll(1, SOON).size());
      assertEquals(2, open.get());
      var polled = CompletableFuture.runAsync(() -> assertThrowsClosed(waits));
      queue.close(Duration.ZERO);
      Await.until("both runners to be closed", () -> open.get() == 0);
      polled.get();
      assertThrows(QueueClosedException.class, () -> consumer.poll(1, Duration.ZERO));
      consumer.close();
    }
    assertEquals(0, open.get());
  }

  private static void assertThrowsClosed(Consumer consumer) {
    assertThrows(QueueClosedException.class, () -> consumer.poll(1, SOON));
  }

  @Test
  void aConsumerThatIsRefusedLeavesNone() {
    try (Track track = track();
        MessageQueue queue = track.open(config("refused"));
        Consumer consumer = queue.consumer("g", "c")) {
      assertThrows(ConfigException.class, () -> queue.consumer("g", "c"));
      assertEquals(1, open.get());
      assertTrue(queue.closeConsumer("g", "c"));
      assertEquals(0, open.get());
    }
  }
}
