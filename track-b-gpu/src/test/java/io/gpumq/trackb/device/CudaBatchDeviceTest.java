package io.gpumq.trackb.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.PayloadTooLargeException;
import io.gpumq.api.TrackFailedException;
import io.gpumq.reference.Handler;
import io.gpumq.spi.BatchDevice;
import io.gpumq.spi.BatchDevices;
import io.gpumq.spi.BatchRunner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches on a GPU against the JDK. */
@Tag("gpu")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CudaBatchDeviceTest {
  private static final int FAILED = 1;

  private final BatchDevice device = BatchDevices.open("cuda");

  @AfterEach
  void close() {
    device.close();
  }

  private static byte[] random(Random random, int length) {
    byte[] payload = new byte[length];
    random.nextBytes(payload);
    return payload;
  }

  private static byte[] beginning(long first) {
    return ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN).putLong(first).array();
  }

  private static byte[] bytes(ByteBuffer view) {
    assertTrue(view.isReadOnly());
    byte[] copy = new byte[view.remaining()];
    view.get(copy);
    return copy;
  }

  private static void pack(BatchRunner runner, List<byte[]> batch) {
    for (int i = 0; i < batch.size(); i++) {
      runner.put(i, batch.get(i));
    }
  }

  /** Runs a batch that is packed, and compares all that came back with what the JDK says. */
  private static void runAndCheck(
      BatchRunner runner, String handler, List<byte[]> batch, int attempt) {
    runner.run(batch.size(), attempt);
    Handler oracle = Handler.of(handler);
    for (int i = 0; i < batch.size(); i++) {
      String what = handler + ", message " + i + " of " + batch.get(i).length + " bytes";
      byte[] result = oracle.handle(batch.get(i), attempt);
      assertEquals(result == null ? FAILED : 0, runner.error(i), what);
      assertArrayEquals(batch.get(i), bytes(runner.payload(i)), what);
      if (result != null) {
        assertArrayEquals(result, bytes(runner.result(i)), what);
      }
    }
  }

  /** More runners than a process has connections to the GPU, at work on several threads. */
  @Test
  void anyNumberOfRunnersShareConnections() throws Exception {
    int count = 2 * 32;
    List<BatchRunner> runners = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      runners.add(device.runner("crc32c", 64, 4));
    }
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    for (int part = 0; part < 8; part++) {
      List<BatchRunner> own = runners.subList(part * count / 8, (part + 1) * count / 8);
      Random random = new Random(part);
      threads.add(CompletableFuture.runAsync(() -> own.forEach(each -> use(each, random))));
    }
    for (CompletableFuture<Void> thread : threads) {
      thread.get(60, TimeUnit.SECONDS);
    }
    runners.forEach(BatchRunner::close);
  }

  private static void use(BatchRunner runner, Random random) {
    for (int i = 0; i < 20; i++) {
      List<byte[]> batch = List.of(random(random, 64), random(random, 1 + i), random(random, 0));
      pack(runner, batch);
      runAndCheck(runner, "crc32c", batch, 1);
    }
  }

  @Test
  void namesTheGpu() {
    assertEquals("cuda", device.name());
    assertFalse(device.describe().isBlank());
  }

  /** Short ones all, then around each power of two, then random ones. */
  @ParameterizedTest
  @CsvSource({
    "echo, 64",
    "crc32c, 64",
    "sha256, 64",
    "fail:every=3, 64",
    "echo, 4096",
    "crc32c, 4096",
    "sha256, 4096",
    "crc32c, 65536",
    "sha256, 65536",
    "crc32c, 100",
  })
  void agreesWithTheJdkOnEveryLength(String handler, int maxPayloadBytes) {
    Random random = new Random(maxPayloadBytes);
    List<byte[]> batch = new ArrayList<>();
    for (int length = 0; length <= Math.min(maxPayloadBytes, 300); length++) {
      batch.add(random(random, length));
    }
    for (int power = 512; power <= maxPayloadBytes; power *= 2) {
      for (int length : new int[] {power - 9, power - 8, power - 1, power}) {
        batch.add(random(random, length));
      }
    }
    for (int i = 0; i < 50; i++) {
      batch.add(random(random, random.nextInt(maxPayloadBytes + 1)));
    }
    try (BatchRunner runner = device.runner(handler, maxPayloadBytes, batch.size())) {
      pack(runner, batch);
      runAndCheck(runner, handler, batch, 1);
    }
  }

  /** Up, to all there is, and down again: what an earlier batch left must not be seen. */
  @ParameterizedTest
  @ValueSource(strings = {"echo", "crc32c", "sha256"})
  void handlesBatchesOfEverySize(String handler) {
    int capacity = 1000;
    Random random = new Random(7);
    try (BatchRunner runner = device.runner(handler, 256, capacity)) {
      assertEquals(capacity, runner.capacity());
      for (int count : new int[] {0, 1, 2, 31, 32, 33, 255, 256, 257, capacity, 100, 1, 0}) {
        List<byte[]> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          batch.add(random(random, random.nextInt(257)));
        }
        pack(runner, batch);
        runAndCheck(runner, handler, batch, 1);
      }
    }
  }

  @Test
  void aBatchOfOneIsABatch() {
    try (BatchRunner runner = device.runner("sha256", 64, 1)) {
      List<byte[]> batch = List.of(new byte[64]);
      pack(runner, batch);
      runAndCheck(runner, "sha256", batch, 1);
    }
  }

  @Test
  void failsTheFirstAttemptsAtChosenMessages() {
    String handler = "fail:every=3,attempts=2";
    List<byte[]> batch = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      batch.add(beginning(i));
    }
    try (BatchRunner runner = device.runner(handler, 64, batch.size())) {
      pack(runner, batch);
      for (int attempt = 1; attempt <= 3; attempt++) {
        runAndCheck(runner, handler, batch, attempt);
        assertEquals(attempt <= 2 ? FAILED : 0, runner.error(3), "attempt " + attempt);
      }
    }
  }

  @Test
  void runnersOfManyThreadsDoNotMix() throws Exception {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      int seed = thread;
      all.add(CompletableFuture.runAsync(() -> runMany(seed)));
    }
    for (CompletableFuture<Void> one : all) {
      one.get(50, TimeUnit.SECONDS);
    }
  }

  private void runMany(int seed) {
    String handler = List.of("echo", "crc32c", "sha256", "fail:every=2").get(seed);
    Random random = new Random(seed);
    for (int runners = 0; runners < 5; runners++) {
      try (BatchRunner runner = device.runner(handler, 128, 200)) {
        for (int round = 0; round < 20; round++) {
          List<byte[]> batch = new ArrayList<>();
          for (int i = 0; i < 200; i++) {
            batch.add(random(random, random.nextInt(129)));
          }
          pack(runner, batch);
          runAndCheck(runner, handler, batch, 1);
        }
      }
    }
  }

  @Test
  void closingIsForGoodAndHarmlessTwice() {
    BatchRunner closed = device.runner("echo", 64, 1);
    BatchRunner left = device.runner("echo", 64, 1);
    closed.close();
    closed.close();
    assertThrows(TrackFailedException.class, () -> closed.run(1, 1));
    device.close();
    device.close();
    assertThrows(TrackFailedException.class, () -> left.run(1, 1));
    left.close();
    assertThrows(TrackFailedException.class, () -> device.runner("echo", 64, 1));
  }

  @Test
  void oneOpeningOutlivesAnother() {
    BatchDevice other = BatchDevices.open("cuda");
    try (BatchRunner runner = device.runner("crc32c", 64, 2)) {
      other.close();
      List<byte[]> batch = List.of(new byte[1], new byte[64]);
      pack(runner, batch);
      runAndCheck(runner, "crc32c", batch, 1);
    }
  }

  @Test
  void refusesWhatCannotBe() {
    assertThrows(ConfigException.class, () -> device.runner("md5", 64, 1));
    assertThrows(ConfigException.class, () -> device.runner("echo", -1, 1));
    assertThrows(ConfigException.class, () -> device.runner("echo", 64, 0));
    assertThrows(ConfigException.class, () -> device.runner("echo", 65_536, 32_768));
    try (BatchRunner runner = device.runner("echo", 64, 2)) {
      assertThrows(PayloadTooLargeException.class, () -> runner.put(0, new byte[65]));
      assertThrows(IndexOutOfBoundsException.class, () -> runner.put(2, new byte[1]));
      assertThrows(IndexOutOfBoundsException.class, () -> runner.run(3, 1));
    }
  }
}
