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
import org.junit.jupiter.api.Test;

/** Java and the header say the same; read from its text: no compiler. */
class LayoutTest {
  private static final Path HEADER = Path.of("src/main/cuda/link/layout.h");

  private static final Pattern CONSTANT =
      Pattern.compile("constexpr uint(?:32|64)_t k(\\w+) = (0x[0-9a-f]+|\\d+)(?:u|ull)?;");

  @Test
  void agreesOnEveryConstant() throws IOException, IllegalAccessException {
    assertEquals(inHeader(), inJava());
  }

  @Test
  void readsEveryConstantOfTheHeader() throws IOException {
    long declared =
        Files.readString(HEADER)
            .lines()
            .filter(line -> line.startsWith("constexpr") || line.startsWith("inline"))
            .count();
    assertTrue(declared > 0, "no constant in " + HEADER);
    assertEquals(declared, inHeader().size(), "write these as plain numbers, one a line");
  }

  private static SortedMap<String, Long> inHeader() throws IOException {
    SortedMap<String, Long> constants = new TreeMap<>();
    CONSTANT
        .matcher(Files.readString(HEADER))
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

  private static SortedMap<String, Long> inJava() throws IllegalAccessException {
    SortedMap<String, Long> constants = new TreeMap<>();
    for (Field field : LinkLayout.class.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
        constants.put(field.getName(), field.getLong(null));
      }
    }
    return constants;
  }
}
