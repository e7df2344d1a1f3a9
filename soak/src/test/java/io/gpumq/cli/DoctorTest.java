package io.gpumq.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.MessageQueue;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.tracka.OwnRedis;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What {@code gpumq doctor} finds, and what it removes. */
class DoctorTest {
  private static final long PID = ProcessHandle.current().pid();

  private final StringWriter out = new StringWriter();

  private String doctor(String... options) {
    String[] args = new String[1 + options.length];
    args[0] = "doctor";
    System.arraycopy(options, 0, args, 1, options.length);
    assertEquals(GpuMq.OK, GpuMq.commandLine().setOut(new PrintWriter(out)).execute(args));
    return out.toString();
  }

  @Test
  void namesDevicesMemoryAndProcesses() {
    var options = new TrackOptions("host", Map.of("isolation", "process"));
    try (Track track = Tracks.open("b", options)) {
      track.open(QueueConfig.named("patient").build());
      String said = doctor();
      assertTrue(said.contains("device cuda: "), said);
      assertTrue(said.contains("device host: "), said);
      assertTrue(said.contains(" bytes free"), said);
      assertTrue(said.contains("in use: store of process " + PID), said);
      assertTrue(said.contains("in use: ring-0 of process " + PID), said);
      assertTrue(said.matches("(?s).*device process \\d+ of process " + PID + "\\R.*"), said);
    }
  }

  @Test
  void removesWhatADeadProcessLeft() throws IOException {
    Path memory = Path.of("/dev/shm");
    Path folder = Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    String queue = "crashed-" + PID;
    Path file = folder.resolve("gpumq-" + Integer.MAX_VALUE + ".1-1-" + queue + ".ring");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(file, new byte[10]);
    try {
      String said = doctor("--clean");
      assertTrue(said.contains("removed: " + queue + " of process "), said);
      assertFalse(Files.exists(file));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  @Test
  @Tag("redis")
  void namesTheQueuesInARedis() throws InterruptedException {
    try (OwnRedis redis = OwnRedis.start(64);
        Track track = Tracks.open("a", new TrackOptions("host", Map.of("redis.uri", redis.uri())));
        MessageQueue queue = track.open(QueueConfig.named("streamed").build())) {
      String line = "in use: stream gpumq:{" + queue.name() + ":";
      assertFalse(doctor().contains(line), "asked for no Redis");
      String said = doctor("--redis", redis.uri());
      assertTrue(said.contains(line), said);
      assertTrue(said.contains(" 0 messages, of process " + PID + " on "), said);
      doctor("--redis", redis.uri(), "--clean");
      queue.producer().send(new byte[8], Duration.ofSeconds(10)); // what is in use stays
    }
  }

  @Test
  void removesTheFolderOfARedisWhoseProcessIsGone() throws IOException {
    Path folder = Files.createTempDirectory("gpumq-redis-" + Integer.MAX_VALUE + "-");
    Files.createFile(folder.resolve("redis.log"));
    Files.setLastModifiedTime(folder, FileTime.fromMillis(0)); // not one that begins just now
    assertTrue(doctor().contains("leftover: Redis of the bench in " + folder), out::toString);
    assertTrue(Files.exists(folder));
    assertTrue(doctor("--clean").contains("removed: Redis of the bench in " + folder));
    assertFalse(Files.exists(folder));
  }
}
