package io.gpumq.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import io.gpumq.api.PayloadTooLargeException;
import io.gpumq.api.TrackFailedException;
import io.gpumq.spi.BatchDevice;
import io.gpumq.spi.BatchDevices;
import io.gpumq.spi.BatchRunner;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostBatchDeviceTest {
  /** Large enough that every thread of the device gets a part. */
  private static final int SLOT = 4096;

  private static final int LARGE = 512;

  private final BatchDevice device = BatchDevices.open("host");

  @AfterEach
  void close() {
    device.close();
  }

  private static byte[] bytes(ByteBuffer view) {
    assertTrue(view.isReadOnly());
    byte[] copy = new byte[view.remaining()];
    view.get(copy);
    return copy;
  }

  private static byte[] beginning(long first) {
    return ByteBuffer.allocate(8).putLong(Long.reverseBytes(first)).array();
  }

  @Test
  void isThere() {
    assertEquals("host", device.name());
    assertTrue(device.describe().startsWith("host, "), device.describe());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, LARGE})
  void handlesWholeAndPartialBatches(int count) throws Exception {
    Random random = new Random(count);
    try (BatchRunner runner = device.runner("sha256", SLOT, LARGE)) {
      assertEquals(LARGE, runner.capacity());
      for (int round = 0; round < 3; round++) {
        byte[][] sent = new byte[count][];
        for (int i = 0; i < count; i++) {
          sent[i] = new byte[i == 0 ? SLOT : random.nextInt(SLOT + 1)];
          random.nextBytes(sent[i]);
          runner.put(i, sent[i]);
        }
        runner.run(count, 1);
        for (int i = 0; i < count; i++) {
          assertEquals(0, runner.error(i));
          assertArrayEquals(sent[i], bytes(runner.payload(i)));
          assertArrayEquals(
              MessageDigest.getInstance("SHA-256").digest(sent[i]), bytes(runner.result(i)));
        }
      }
    }
  }

  @Test
  void reportsEachMessagesErrorAndRetriesIt() {
    try (BatchRunner runner = device.runner("fail:every=3,attempts=1", 64, LARGE)) {
      for (int i = 0; i < LARGE; i++) {
        runner.put(i, beginning(i));
      }
      runner.run(LARGE, 1);
      for (int i = 0; i < LARGE; i++) {
        assertEquals(i % 3 == 0 ? HostHandler.FAILED : HostHandler.OK, runner.error(i));
        assertEquals(0, runner.result(i).remaining());
      }
      runner.run(LARGE, 2);
      for (int i = 0; i < LARGE; i++) {
        assertEquals(HostHandler.OK, runner.error(i));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"64, 0", "64, 6", "4096, 0", "4096, 511"})
  void aFaultFailsTheRunnerForGood(int slot, int at) {
    try (BatchRunner runner = device.runner("fail:every=1000,how=address", slot, LARGE)) {
      for (int i = 0; i < LARGE; i++) {
        runner.put(i, beginning(i == at ? 2000 : 1));
      }
      TrackFailedException e = assertThrows(TrackFailedException.class, () -> runner.run(LARGE, 1));
      assertInstanceOf(HandlerFault.class, e.getCause());
      runner.put(at, beginning(1));
      assertThrows(TrackFailedException.class, () -> runner.run(LARGE, 1));
    }
  }

  /** In the caller's part, and in the last: a helper's, where there is more than one processor. */
  @ParameterizedTest
  @ValueSource(ints = {0, LARGE - 1})
  void aLoopingHandlerEndsWhenItsCallerIsInterrupted(int at) throws Exception {
    var outcome = new CompletableFuture<Void>();
    var started = new CountDownLatch(1);
    Thread caller =
        new Thread(
            () -> {
              try (BatchRunner runner = device.runner("fail:every=1000,how=loop", SLOT, LARGE)) {
                for (int i = 0; i < LARGE; i++) {
                  runner.put(i, beginning(i == at ? 0 : 1));
                }
                started.countDown();
                runner.run(LARGE, 1);
                outcome.complete(null);
              } catch (TrackFailedException e) {
                outcome.completeExceptionally(e);
              }
            });
    caller.start();
    assertTrue(started.await(10, TimeUnit.SECONDS));
    caller.interrupt();
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> outcome.get(10, TimeUnit.SECONDS));
    assertInstanceOf(TrackFailedException.class, e.getCause());
    caller.join(10_000);
  }

  @Test
  void aClosedDeviceRunsNothing() {
    BatchRunner runner = device.runner("echo", 64, 1);
    runner.put(0, new byte[1]);
    device.close();
    device.close();
    assertThrows(TrackFailedException.class, () -> runner.run(1, 1));
    runner.close();
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
