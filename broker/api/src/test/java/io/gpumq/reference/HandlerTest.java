package io.gpumq.reference;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gpumq.api.ConfigException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The oracle itself, against published check values. */
class HandlerTest {
  private static String hex(String handler, String payload) {
    return HexFormat.of().formatHex(Handler.of(handler).handle(payload.getBytes(US_ASCII), 1));
  }

  @Test
  void givesTheCheckValueOfCrc32cLowestByteFirst() {
    assertEquals("839206e3", hex("crc32c", "123456789"));
    assertEquals("00000000", hex("crc32c", ""));
  }

  @Test
  void givesTheExamplesOfSha256() {
    assertEquals(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", hex("sha256", "abc"));
    assertEquals(
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", hex("sha256", ""));
  }

  @Test
  void makesNothingOfAnEcho() {
    assertArrayEquals(new byte[0], Handler.of("echo").handle(new byte[] {1, 2, 3}, 1));
  }

  @Test
  void failsAtMultiplesReadLowestByteFirst() {
    Handler handler = Handler.of("fail:every=256");
    byte[] payload = new byte[9];
    assertNull(handler.handle(payload, 1), "0 is a multiple");
    payload[8] = 1;
    assertNull(handler.handle(payload, 99), "the ninth byte is not read");
    payload[1] = 1;
    assertNull(handler.handle(payload, 1), "256");
    payload[0] = 1;
    assertNotNull(handler.handle(payload, 1), "257");
  }

  @Test
  void failsAsManyAttemptsAsItSays() {
    Handler handler = Handler.of("fail:every=1,attempts=2");
    byte[] payload = new byte[8];
    assertNull(handler.handle(payload, 1));
    assertNull(handler.handle(payload, 2));
    assertNotNull(handler.handle(payload, 3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "md5", "ECHO", "fail:", "fail:every=0", "fail:every=1,attempts="})
  void refusesWhatIsNoHandler(String spec) {
    assertThrows(ConfigException.class, () -> Handler.of(spec));
  }
}
