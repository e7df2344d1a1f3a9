package io.gpumq.soak.crowd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import io.gpumq.soak.workload.ManyStreams;
import io.gpumq.soak.workload.Tally;
import io.gpumq.soak.workload.Verification;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/**
 * What a process holds does not rise with the queues that come and go. More of them by {@code
 * -Dgpumq.level.queues} and {@code -Dgpumq.level.rounds}.
 */
class LevelTest {
  private static final int QUEUES = Integer.getInteger("gpumq.level.queues", 500);
  private static final int ROUNDS = Integer.getInteger("gpumq.level.rounds", 12);

  /** Until then tables grow that are used again, and code is compiled. */
  private static final int FIRST_ROUNDS = 6;

  private static final int EACH = 4;

  /** Those of a ring, twice over. */
  private static final int SLOTS = 20_000;

  /** So long a queue that nobody uses is kept in mind. */
  private static final Duration LOOKED_AT = Duration.ofSeconds(1);

  private static final Pattern OWN = Pattern.compile("(\\d+) +\\[*L?io\\.gpumq\\.");

  private static final Duration SOON = Duration.ofSeconds(30);

  /** Slots of the ring for reads that know a reader which is gone: some 4,096 of 40 bytes. */
  private static final long MOST_BYTES = 200_000;

  @Test
  void queuesThatComeAndGoLeaveNothing() throws Exception {
    try (Track track = Tracks.open("b", new TrackOptions("host", Map.of("store.bytes", "256M")))) {
      for (int round = 0; round < FIRST_ROUNDS; round++) {
        comeAndGo(track, round);
      }
      passThrough(track);
      long before = ownBytes();
      long pinnedBefore = Footprint.pinned();
      List<String> filesBefore = openFiles();
      int threadsBefore = Thread.activeCount();
      for (int round = FIRST_ROUNDS; round < ROUNDS; round++) {
        comeAndGo(track, round);
      }
      passThrough(track);
      long more = ownBytes() - before;
      System.out.println(more + " bytes more on the heap behind " + ROUNDS + " rounds");
      assertTrue(more < MOST_BYTES, () -> "heap rises by " + more);
      assertEquals(pinnedBefore, Footprint.pinned());
      assertEquals(filesBefore, openFiles());
      Await.until("threads end", () -> Thread.activeCount() <= threadsBefore);
    }
  }

  /** A tenth of them is filled and drained, and each has a group. */
  private static void comeAndGo(Track track, int round) throws InterruptedException {
    String name = "round-" + round;
    try (Crowd unused = new Crowd(track, name + "-unused", streams(round, QUEUES));
        Crowd used = new Crowd(track, name + "-used", streams(round, QUEUES / 10))) {
      FilledCrowd filled = new FilledCrowd(used, EACH, 2, 2, SOON);
      filled.fill();
      filled.drainOnce();
      Tally tally = used.streams().settle();
      assertTrue(tally.clean(), tally::toString);
      assertEquals(0, unused.storeBytes());
    }
    assertEquals(0, track.queues().size());
  }

  /** A ring's slots know whose messages they carried last: so each of them carries another. */
  private static void passThrough(Track track) throws InterruptedException {
    QueueConfig config = QueueConfig.named("through").maxPayloadBytes(64).build();
    try (MessageQueue queue = track.open(config);
        Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      for (int sent = 0, received = 0; received < SLOTS; ) {
        for (; sent < received + 1000; sent++) {
          producer.send(new byte[] {1}, SOON);
        }
        received += consumer.acknowledge(consumer.poll(1000, SOON));
      }
    }
  }

  private static ManyStreams streams(int seed, int count) {
    return new ManyStreams(Verification.FULL, seed, 64, 64, count);
  }

  /** Of all objects of GpuMQ's own classes that can be reached, once that falls no more. */
  private static long ownBytes() {
    long[] seen = {Long.MAX_VALUE};
    Await.until(
        "closed queues are looked at for the last time",
        () -> {
          long last = seen[0];
          Await.passed(LOOKED_AT);
          seen[0] = ownBytesNow();
          return seen[0] >= last;
        });
    return seen[0];
  }

  private static long ownBytesNow() throws Exception {
    return OWN.matcher(histogram()).results().mapToLong(own -> Long.parseLong(own.group(1))).sum();
  }

  private static String histogram() throws Exception {
    return ManagementFactory.getPlatformMBeanServer()
        .invoke(
            new ObjectName("com.sun.management:type=DiagnosticCommand"),
            "gcClassHistogram",
            new Object[] {new String[0]},
            new String[] {String[].class.getName()})
        .toString();
  }

  /** Files that this process has open, but for those that the JVM opens when it likes. */
  private static List<String> openFiles() throws IOException {
    List<String> open = new ArrayList<>();
    try (var files = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path file : files) {
        String what = Files.isSymbolicLink(file) ? Files.readSymbolicLink(file).toString() : "";
        if (what.startsWith("/") && !what.startsWith("/proc/") && !what.endsWith(".jar")) {
          open.add(what);
        }
      }
    }
    Collections.sort(open);
    return open;
  }
}
