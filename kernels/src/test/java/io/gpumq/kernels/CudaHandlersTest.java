package io.gpumq.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The handlers that run on a GPU, compiled for the host under the address and undefined behaviour
 * sanitizers, against the JDK: by one lane, and by as many threads as a GPU would use lanes.
 */
class CudaHandlersTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int ROOM = 48;
  private static final byte UNTOUCHED = (byte) 0xa5;

  @TempDir static Path folder;
  private static Path program;

  private record Request(HandlerSpec spec, int lanes, int attempt, byte[] payload) {
    @Override
    public String toString() {
      return spec.text()
          + ", "
          + lanes
          + " lanes, attempt "
          + attempt
          + ", "
          + payload.length
          + " bytes";
    }
  }

  @BeforeAll
  static void compile() {
    program =
        Gxx.orSkip("the CUDA handlers' results, of one lane and of many")
            .compile(
                Path.of("src/test/cpp/handlers_test.cpp"),
                folder.resolve("handlers_test"),
                "-O1",
                "-pthread",
                "-fsanitize=address,undefined",
                "-fno-sanitize-recover=all");
  }

  private static Gxx.Result run(List<Request> requests, Path out) throws IOException {
    var in = new ByteArrayOutputStream();
    for (Request request : requests) {
      ByteBuffer head = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
      head.putInt(request.spec.handler().id()).putInt(request.lanes);
      head.putInt(request.attempt).putInt(request.payload.length);
      for (long param : request.spec.params()) {
        head.putLong(param);
      }
      in.write(head.array());
      in.write(request.payload);
    }
    Path file = Files.write(folder.resolve("in"), in.toByteArray());
    return Gxx.run(LIMIT, program.toString(), file.toString(), out.toString());
  }

  /**
   * Compares every reply with what the JDK says, byte by byte, and that nothing else was written.
   */
  private static void check(List<Request> requests) throws Exception {
    Path out = folder.resolve("out");
    Gxx.Result run = run(requests, out);
    assertEquals(0, run.exit(), run::output);
    ByteBuffer replies = ByteBuffer.wrap(Files.readAllBytes(out)).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(requests.size() * (Integer.BYTES + ROOM), replies.remaining());
    for (Request request : requests) {
      assertEquals(errorByJdk(request), replies.getInt(), request::toString);
      byte[] expected = new byte[ROOM];
      Arrays.fill(expected, UNTOUCHED);
      byte[] result = resultByJdk(request);
      System.arraycopy(result, 0, expected, 0, result.length);
      byte[] actual = new byte[ROOM];
      replies.get(actual);
      assertArrayEquals(expected, actual, request::toString);
    }
  }

  private static byte[] resultByJdk(Request request) throws Exception {
    return switch (request.spec.handler()) {
      case ECHO, FAIL -> new byte[0];
      case CRC32C -> {
        CRC32C crc = new CRC32C();
        crc.update(request.payload);
        ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        yield bytes.putInt((int) crc.getValue()).array();
      }
      case SHA256 -> MessageDigest.getInstance("SHA-256").digest(request.payload);
    };
  }

  private static int errorByJdk(Request request) {
    return request
        .spec
        .newHostHandler()
        .handle(ByteBuffer.wrap(request.payload), ByteBuffer.allocate(ROOM), request.attempt);
  }

  private static byte[] random(Random random, int length) {
    byte[] payload = new byte[length];
    random.nextBytes(payload);
    return payload;
  }

  @ParameterizedTest
  @CsvSource({"echo, 1", "crc32c, 1", "sha256, 1", "crc32c, 8", "sha256, 4"})
  void everyShortLength(String handler, int lanes) throws Exception {
    Random random = new Random(lanes);
    List<Request> requests = new ArrayList<>();
    for (int length = 0; length <= 300; length++) {
      requests.add(new Request(HandlerSpec.parse(handler), lanes, 1, random(random, length)));
    }
    check(requests);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16, 32})
  void randomLengths(int lanes) throws Exception {
    Random random = new Random(7L * lanes);
    List<Request> requests = new ArrayList<>();
    for (String handler : List.of("echo", "crc32c", "sha256", "fail:every=2")) {
      for (int length : new int[] {0, 15, 16, 17, 255, 256, 16 * lanes, 65_535, 65_536}) {
        requests.add(new Request(HandlerSpec.parse(handler), lanes, 1, random(random, length)));
      }
      for (int i = 0; i < 20; i++) {
        int length = random.nextInt(1 << (1 + random.nextInt(16)));
        requests.add(new Request(HandlerSpec.parse(handler), lanes, 1, random(random, length)));
      }
    }
    check(requests);
  }

  @Test
  void failsWhereAndWhenItsTwinDoes() throws Exception {
    List<Request> requests = new ArrayList<>();
    for (String handler :
        List.of(
            "fail:every=1",
            "fail:every=3,attempts=2",
            "fail:every=4294967297,attempts=15",
            "fail:every=9223372036854775807")) {
      for (long first : new long[] {0, 1, 3, 6, 4_294_967_297L, Long.MAX_VALUE, -2, -1}) {
        for (int length : new int[] {0, 7, 8, 100}) {
          for (int attempt : new int[] {1, 2, 3, 15}) {
            ByteBuffer message = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
            byte[] payload = Arrays.copyOf(message.putLong(first).array(), length);
            requests.add(new Request(HandlerSpec.parse(handler), 1, attempt, payload));
          }
        }
      }
    }
    check(requests);
  }

  private static Gxx.Result killed(String how) throws IOException {
    HandlerSpec spec = HandlerSpec.parse("fail:every=1,attempts=1,how=" + how);
    Path out = folder.resolve("out-of-the-dead");
    assertEquals(0, run(List.of(new Request(spec, 1, 2, new byte[8])), out).exit());
    Gxx.Result dead = run(List.of(new Request(spec, 1, 1, new byte[8])), out);
    assertEquals(0, Files.size(out));
    return dead;
  }

  @Test
  void aTrapKillsTheProgram() throws Exception {
    Gxx.Result dead = killed("trap");
    assertTrue(dead.exit() > 128, () -> "must end by a signal: " + dead);
  }

  @Test
  void anIllegalAddressKillsTheProgram() throws Exception {
    Gxx.Result dead = killed("address");
    assertNotEquals(0, dead.exit());
    assertTrue(dead.output().contains("store to null pointer"), dead::output);
  }
}
