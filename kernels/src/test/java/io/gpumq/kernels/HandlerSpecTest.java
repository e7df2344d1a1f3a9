package io.gpumq.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.ConfigException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandlerSpecTest {
  @ParameterizedTest
  @CsvSource({"echo, 0", "crc32c, 4", "sha256, 32", "fail:every=3, 0"})
  void knowsEveryHandler(String text, int resultBytes) {
    HandlerSpec spec = HandlerSpec.parse(text);
    String label = text.replaceAll(":.*", "");
    assertEquals(text, spec.text());
    assertEquals(label, spec.handler().label());
    assertEquals(resultBytes, spec.resultBytes());
    assertEquals(1, Integer.bitCount(spec.lanes()));
    assertTrue(spec.lanes() <= 32);
    assertEquals("gpumq_link_" + label, spec.linkEntryPoint());
    assertEquals("gpumq_batch_" + label, spec.batchEntryPoint());
  }

  @Test
  void onlyFailHasParameters() {
    assertArrayEquals(new long[4], HandlerSpec.parse("crc32c").params());
    assertArrayEquals(
        new long[] {7, Failure.ALL_ATTEMPTS, 0, 0}, HandlerSpec.parse("fail:every=7").params());
    assertArrayEquals(
        new long[] {1, 15, 3, 0}, HandlerSpec.parse("fail:every=1,attempts=15,how=loop").params());
    assertArrayEquals(
        new long[] {1, 2, 1, 0}, HandlerSpec.parse("fail:how=trap,attempts=2,every=1").params());
  }

  @Test
  void anyThatRunsMayRunInTheOrderOfKeys() {
    for (String text : List.of("crc32c", "sha256", "fail:every=7,how=trap")) {
      assertFalse(HandlerSpec.parse(text).isInOrder(), text);
      String ordered = text + (text.contains(":") ? "," : ":") + "order=key";
      HandlerSpec spec = HandlerSpec.parse(ordered);
      assertTrue(spec.isInOrder(), ordered);
      assertArrayEquals(HandlerSpec.parse(text).params(), spec.params(), ordered);
    }
    assertTrue(HandlerSpec.parse("fail:order=key,every=7").isInOrder());
  }

  @Test
  void batchesHaveNoOrder() {
    assertEquals("sha256", HandlerSpec.parseForBatches("sha256").text());
    String why =
        assertThrows(ConfigException.class, () -> HandlerSpec.parseForBatches("sha256:order=key"))
            .getMessage();
    assertTrue(why.contains("leave order=key out"), why);
  }

  @Test
  void paramsBelongToTheCaller() {
    HandlerSpec spec = HandlerSpec.parse("fail:every=7");
    spec.params()[0] = 1;
    assertEquals(7, spec.params()[0]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "md5", "Echo", "echo ", "crc32", ":every=1", "failing:every=1"})
  void unknownHandlersAreToldWhichExist(String text) {
    String message =
        assertThrows(ConfigException.class, () -> HandlerSpec.parse(text)).getMessage();
    assertEquals(
        "handler '"
            + text
            + "': must be one of echo, crc32c, sha256,"
            + " fail:every=N[,attempts=K][,how=error|trap|address|loop][,order=key]",
        message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "echo:|echo takes no parameters",
        "echo:order=key|echo takes no parameters",
        "sha256:every=1|sha256 takes no parameter but order=key",
        "sha256:order=key,order=key|sha256 takes no parameter but order=key",
        "sha256:order=time|sha256 takes no parameter but order=key",
        "fail|every is missing: must be as in fail:every=N",
        "fail:attempts=1|every is missing",
        "fail:every|parameter 'every': must be as in",
        "fail:often=1|parameter 'often=1': must be as in",
        "fail:every=1,|parameter '': must be as in",
        "fail:every=0|every '0': must be a number between 1 and 9223372036854775807",
        "fail:every=-1|every '-1'",
        "fail:every=9223372036854775808|every '9223372036854775808'",
        "fail:every=x|every 'x'",
        "fail:every=1,every=2|its name must appear once",
        "fail:every=1,attempts=0|attempts '0': must be a number between 1 and 15",
        "fail:every=1,attempts=16|attempts '16'",
        "fail:every=1,how=gently|how 'gently': must be error, trap, address or loop",
      })
  void wrongParametersAreRefused(String text, String why) {
    String message =
        assertThrows(ConfigException.class, () -> HandlerSpec.parse(text)).getMessage();
    assertTrue(message.startsWith("handler '" + text + "': "), message);
    assertTrue(message.contains(why), message);
  }
}
