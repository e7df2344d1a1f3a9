package io.gpumq.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Java and the headers say the same; read from their text: no compiler. */
class LayoutTest {
  /** A header, and the class that says the same. */
  enum Twins {
    RING("ring_layout.h", RingLayout.class),
    LINK("link/layout.h", LinkLayout.class);

    private final Path header;
    private final Class<?> java;

    Twins(String header, Class<?> java) {
      this.header = Path.of("src/main/cuda", header);
      this.java = java;
    }
  }

  private static final Pattern CONSTANT =
      Pattern.compile("constexpr uint(?:32|64)_t k(\\w+) = (0x[0-9a-f]+|\\d+)(?:u|ull)?;");

  @ParameterizedTest
  @EnumSource
  void agreesOnEveryConstant(Twins twins) throws IOException, IllegalAccessException {
    assertEquals(inHeader(twins), inJava(twins));
  }

  @ParameterizedTest
  @EnumSource
  void readsEveryConstantOfTheHeader(Twins twins) throws IOException {
    long declared =
        Files.readString(twins.header)
            .lines()
            .filter(line -> line.startsWith("constexpr") || line.startsWith("inline"))
            .count();
    assertTrue(declared > 0, "no constant in " + twins.header);
    assertEquals(declared, inHeader(twins).size(), "write these as plain numbers, one a line");
  }

  private static SortedMap<String, Long> inHeader(Twins twins) throws IOException {
    SortedMap<String, Long> constants = new TreeMap<>();
    CONSTANT
        .matcher(Files.readString(twins.header))
        .results()
        .forEach(m -> constants.put(javaName(m.group(1)), number(m.group(2))));
    return constants;
  }

  /** FooBar is FOO_BAR. */
  private static String javaName(String name) {
    return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
  }

  private static long number(String text) {
    return text.startsWith("0x")
        ? Long.parseUnsignedLong(text.substring(2), 16)
        : Long.parseUnsignedLong(text);
  }

  private static SortedMap<String, Long> inJava(Twins twins) throws IllegalAccessException {
    SortedMap<String, Long> constants = new TreeMap<>();
    for (Field field : twins.java.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
        constants.put(field.getName(), field.getLong(null));
      }
    }
    return constants;
  }
}
