package io.gpumq.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostHandlerTest {
  private static final int ROOM_BEFORE = 16;

  /** What the handler wrote, given the payload somewhere inside a larger buffer. */
  private static byte[] result(String handler, byte[] payload, ByteOrder order) {
    HandlerSpec spec = HandlerSpec.parse(handler);
    ByteBuffer in = ByteBuffer.allocateDirect(ROOM_BEFORE + payload.length + 1).order(order);
    in.position(ROOM_BEFORE).put(payload).flip().position(ROOM_BEFORE);
    ByteBuffer out = ByteBuffer.allocateDirect(ROOM_BEFORE + 64).order(order).position(ROOM_BEFORE);
    assertEquals(HostHandler.OK, spec.newHostHandler().handle(in.asReadOnlyBuffer(), out, 1));
    assertEquals(ROOM_BEFORE + spec.resultBytes(), out.position());
    byte[] result = new byte[spec.resultBytes()];
    out.get(ROOM_BEFORE, result);
    return result;
  }

  @ParameterizedTest
  @CsvSource({
    "'', 00000000",
    "123456789, 839206e3",
    "'The quick brown fox jumps over the lazy dog', 04046222"
  })
  void crc32cIsLittleEndian(String text, String hex) {
    for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
      assertEquals(hex, HexFormat.of().formatHex(result("crc32c", text.getBytes(), order)));
    }
  }

  @Test
  void randomPayloadsAgreeWithTheJdk() throws Exception {
    Random random = new Random(20_261_121);
    for (int i = 0; i < 500; i++) {
      byte[] payload = new byte[i < 300 ? i : random.nextInt(65_537)];
      random.nextBytes(payload);
      CRC32C crc = new CRC32C();
      crc.update(payload);
      byte[] expected =
          ByteBuffer.allocate(4)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt((int) crc.getValue())
              .array();
      assertArrayEquals(expected, result("crc32c", payload, ByteOrder.BIG_ENDIAN));
      assertArrayEquals(
          MessageDigest.getInstance("SHA-256").digest(payload),
          result("sha256", payload, ByteOrder.BIG_ENDIAN));
      assertEquals(0, result("echo", payload, ByteOrder.BIG_ENDIAN).length);
    }
  }

  private static int fail(String handler, ByteBuffer payload, int attempt) {
    return HandlerSpec.parse(handler)
        .newHostHandler()
        .handle(payload, ByteBuffer.allocate(0), attempt);
  }

  private static ByteBuffer beginning(long first) {
    return ByteBuffer.allocate(11).order(ByteOrder.LITTLE_ENDIAN).putLong(0, first);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 0", "2, 0", "3, 1", "4, 0", "300000000000, 1", "-1, 1", "-2, 0"})
  void failsOnMultiplesUnsigned(long first, int code) {
    assertEquals(code, fail("fail:every=3", beginning(first), 1));
    assertEquals(code, fail("fail:every=3", beginning(first).order(ByteOrder.BIG_ENDIAN), 1));
  }

  @Test
  void shortMessagesNeverFail() {
    assertEquals(HostHandler.OK, fail("fail:every=1,how=trap", ByteBuffer.allocate(7), 1));
    assertEquals(HostHandler.FAILED, fail("fail:every=1", ByteBuffer.allocate(8), 1));
  }

  @Test
  void failsOnTheFirstAttemptsOnly() {
    for (int attempt = 1; attempt <= 15; attempt++) {
      int expected = attempt <= 2 ? HostHandler.FAILED : HostHandler.OK;
      assertEquals(expected, fail("fail:every=5,attempts=2", beginning(10), attempt));
      assertEquals(HostHandler.FAILED, fail("fail:every=5", beginning(10), attempt));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"trap", "address"})
  void faultsKill(String how) {
    String handler = "fail:every=2,how=" + how;
    assertEquals(HostHandler.OK, fail(handler, beginning(1), 1));
    assertThrows(HandlerFault.class, () -> fail(handler, beginning(2), 1));
  }

  @Test
  void aLoopEndsWithItsThread() throws Exception {
    var outcome = new CompletableFuture<Integer>();
    Thread thread =
        new Thread(
            () -> {
              try {
                outcome.complete(fail("fail:every=1,how=loop", beginning(0), 1));
              } catch (HandlerFault e) {
                outcome.completeExceptionally(e);
              }
            });
    thread.start();
    thread.interrupt();
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> outcome.get(10, TimeUnit.SECONDS));
    assertTrue(e.getCause() instanceof HandlerFault, e.toString());
    thread.join(Duration.ofSeconds(10).toMillis());
    assertEquals(Thread.State.TERMINATED, thread.getState());
  }

  @ParameterizedTest
  @EnumSource(Failure.How.class)
  void everyWayOfFailingCanBeNamed(Failure.How how) {
    String text = "fail:every=1,how=" + how.name().toLowerCase(java.util.Locale.ROOT);
    assertEquals(how, HandlerSpec.parse(text).failure().how());
  }
}
