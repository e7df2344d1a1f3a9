package io.gpumq.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Java and {@code handlers.h} say the same of each handler; read from its text: no compiler. */
class HandlerTwinsTest {
  private static final String HEADER = read("handlers.h");

  private static String read(String name) {
    try {
      return Files.readString(Path.of("src/main/cuda", name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String type(String label) {
    return label.substring(0, 1).toUpperCase(Locale.ROOT) + label.substring(1);
  }

  private static long constant(String type, String name) {
    int begin = HEADER.indexOf("struct " + type + " {");
    assertTrue(begin >= 0, () -> "handlers.h has no struct " + type);
    String body = HEADER.substring(begin, HEADER.indexOf("\n};", begin));
    var matcher =
        Pattern.compile("static constexpr uint(?:32|64)_t " + name + " = (\\d+);").matcher(body);
    assertTrue(matcher.find(), () -> "handlers.h: struct " + type + " has no " + name);
    return Long.parseLong(matcher.group(1));
  }

  @ParameterizedTest
  @EnumSource(Handler.class)
  void agreeOnEachHandler(Handler handler) {
    String type = type(handler.label());
    assertEquals(handler.id(), constant(type, "kId"));
    assertEquals(handler.lanes(), constant(type, "kLanes"));
    assertEquals(handler.resultBytes(), constant(type, "kResultBytes"));
  }

  @Test
  void agreeOnWhichThereAre() {
    List<String> made =
        Pattern.compile("MAKE\\((\\w+), (\\w+)\\)")
            .matcher(HEADER)
            .results()
            .map(match -> match.group(1) + " " + match.group(2))
            .toList();
    assertEquals(
        Arrays.stream(Handler.values()).map(h -> h.label() + " " + type(h.label())).toList(), made);
  }

  @ParameterizedTest
  @EnumSource(Failure.How.class)
  void agreeOnEachWayOfFailing(Failure.How how) {
    assertEquals(how.ordinal(), constant("Fail", "k" + type(how.name().toLowerCase(Locale.ROOT))));
  }

  @Test
  void agreeOnTheErrorAndTheParameters() {
    assertEquals(HostHandler.FAILED, constant("Fail", "kFailed"));
    assertTrue(HEADER.contains("uint64_t p[" + HandlerSpec.PARAMS + "];"));
  }
}
