package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gpumq.api.CloseReport;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackFailedException;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import io.gpumq.spi.PayloadLimit;
import io.gpumq.trackb.device.HostBackendBut;
import io.gpumq.trackb.device.InProcessDevice;
import io.gpumq.trackb.spi.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process in which there is no room for one more thread, or object, for a while. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ScarcityTest {
  @ParameterizedTest
  @ValueSource(strings = {"close", "close-interrupted", "poll", "track", "heap"})
  void itCostsTheCallAlone(String call) throws Exception {
    Scarcity.run(Short.class, call);
  }

  /** Makes a call while no thread can be started. */
  static final class Short {
    private static final Duration WAIT = Duration.ofMinutes(1);

    private final Track track = Tracks.open("b", new TrackOptions("host", Map.of()));

    public static void main(String[] args) throws Exception {
      Short all = new Short();
      all.warmUp();
      switch (args[0]) {
        case "close" -> all.close(false);
        case "close-interrupted" -> all.close(true);
        case "poll" -> all.poll();
        case "track" -> openTrack();
        default -> all.runOutOfHeap();
      }
      all.track.close();
      assertEquals(List.of(), files());
      assertEquals(List.of(), threads("gpumq-host"));
      System.exit(0);
    }

    private MessageQueue queue(String name) {
      return track.open(
          QueueConfig.named(name).maxMessages(1024).maxPayloadBytes(256).lanes(4).build());
    }

    /** Every class is loaded before it gets tight. */
    private void warmUp() throws Exception {
      try (MessageQueue queue = queue("warm")) {
        exchange(queue);
      }
      Await.until("the poller to end", () -> !tasks().contains("gpumq-poller"));
    }

    /** The system's own threads: one that has ended in Java alone keeps its room for a moment. */
    private static List<String> tasks() throws IOException {
      List<String> names = new ArrayList<>();
      try (var tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
        for (Path task : tasks) {
          try {
            names.add(Files.readString(task.resolve("comm")).strip());
          } catch (IOException e) {
            // It has just ended.
          }
        }
      }
      return names;
    }

    private static void exchange(MessageQueue queue) throws Exception {
      try (Consumer consumer = queue.consumer("g", "c");
          Producer producer = queue.producer()) {
        producer.send(new byte[16], WAIT);
        assertEquals(1, consumer.acknowledge(consumer.poll(1, WAIT)));
      }
    }

    private void close(boolean interrupted) throws Exception {
      MessageQueue queue = queue("closes");
      exchange(queue);
      Scarcity scarcity = Scarcity.begin();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      CloseReport report = queue.close(WAIT);
      assertEquals(interrupted, Thread.interrupted());
      assertEquals(true, report.drained());
      assertEquals(1, report.stats().acknowledged());
      scarcity.end();
    }

    private void poll() throws Exception {
      MessageQueue queue = queue("waits");
      try (Consumer consumer = queue.consumer("g", "c")) {
        Scarcity scarcity = Scarcity.begin();
        assertThrows(OutOfMemoryError.class, () -> consumer.poll(1, WAIT));
        scarcity.end();
        Thread sends = new Thread(() -> sendWhenWaitedFor(queue), "sends");
        sends.start();
        assertEquals(1, consumer.acknowledge(consumer.poll(1, WAIT)));
        sends.join();
      }
    }

    private static void sendWhenWaitedFor(MessageQueue queue) {
      Await.until("a poller", () -> !threads("gpumq-poller").isEmpty());
      try (Producer producer = queue.producer()) {
        producer.send(new byte[16], WAIT);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    /** Whoever waits then hears of what comes later, and what hangs then is noticed. */
    private void runOutOfHeap() throws Exception {
      MessageQueue hung =
          track.open(
              QueueConfig.named("hangs")
                  .maxMessages(16)
                  .handler("fail:every=1,how=loop")
                  .handlerTimeout(Duration.ofMillis(200))
                  .build());
      MessageQueue queue = queue("waits");
      CompletableFuture<Integer> waits = new CompletableFuture<>();
      try (Consumer consumer = queue.consumer("g", "c");
          Consumer ofHung = hung.consumer("g", "c")) {
        Thread polls =
            new Thread(
                () -> {
                  try {
                    waits.complete(consumer.poll(1, WAIT).size());
                  } catch (Throwable e) {
                    waits.completeExceptionally(e);
                  }
                });
        polls.start();
        Await.until("it waits", () -> polls.getState() == Thread.State.TIMED_WAITING);
        Scarcity.useUpHeapFor(Duration.ofMillis(200));
        queue.producer().send(new byte[16], WAIT);
        assertEquals(1, waits.get(30, TimeUnit.SECONDS));
        hung.producer().send(new byte[16], WAIT);
        assertThrows(TrackFailedException.class, () -> ofHung.poll(1, WAIT));
      }
    }

    private static void openTrack() throws Exception {
      AtomicInteger closes = new AtomicInteger();
      Backend backend =
          new HostBackendBut() {
            @Override
            public void close() {
              closes.incrementAndGet();
            }
          };
      var device = new InProcessDevice(backend, backend.allocate(8 << 20, false));
      Scarcity scarcity = Scarcity.begin();
      assertThrows(
          OutOfMemoryError.class, () -> new GpuTrack(device, PayloadLimit.of(Map.of()), true));
      scarcity.end();
      assertEquals(1, closes.get());
    }

    private static List<String> threads(String prefix) {
      return Thread.getAllStackTraces().keySet().stream()
          .map(Thread::getName)
          .filter(name -> name.startsWith(prefix))
          .toList();
    }

    private static List<Path> files() throws IOException {
      List<Path> files = new ArrayList<>();
      String mine = "gpumq-" + ProcessHandle.current().pid() + ".*";
      try (var paths = Files.newDirectoryStream(Path.of("/dev/shm"), mine)) {
        paths.forEach(files::add);
      }
      return files;
    }
  }
}
