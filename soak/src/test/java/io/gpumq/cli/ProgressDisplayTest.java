package io.gpumq.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.conformance.Await;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bar fits the terminal that the launcher saw, and looks for no other. */
class ProgressDisplayTest {
  private final PrintStream standardError = System.err;
  private final ByteArrayOutputStream drawn = new ByteArrayOutputStream();

  @AfterEach
  void restore() {
    System.setErr(standardError);
    System.clearProperty(Terminal.ERR);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 40, 80, 132})
  void theBarFitsAndStartsNoProgram(int columns) {
    System.setProperty(Terminal.ERR, Integer.toString(columns));
    System.setErr(new PrintStream(drawn, true, StandardCharsets.UTF_8));
    try (ProgressDisplay display = ProgressDisplay.on(new PrintWriter(new StringWriter()))) {
      display.at("track b, isolated echo 256 B, 1 producer, warm-up", 0.5);
      display.finished("not shown");
      Await.until("a bar is drawn", () -> bars().stream().anyMatch(bar -> bar.startsWith("bench")));
      assertFalse(hasLookedForATerminal());
    }
    int widest = Math.max(columns, 10);
    assertTrue(bars().stream().allMatch(bar -> bar.length() < widest), bars()::toString);
    assertTrue(columns < 40 || bars().get(bars().size() - 1).contains("50%"), bars()::toString);
  }

  private List<String> bars() {
    return Stream.of(drawn.toString(StandardCharsets.UTF_8).split("[\r\n]+"))
        .filter(bar -> !bar.isEmpty())
        .toList();
  }

  /** Whether the bar has opened a terminal, which it closes with itself. */
  private static boolean hasLookedForATerminal() {
    try {
      var terminal =
          Class.forName("me.tongfei.progressbar.TerminalUtils").getDeclaredField("terminal");
      terminal.setAccessible(true);
      return terminal.get(null) != null;
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void noNativeLibraryForTerminalsIsThere() {
    assertThrows(
        ClassNotFoundException.class, () -> Class.forName("org.jline.nativ.JLineNativeLoader"));
  }

  @Test
  void withoutATerminalEachResultIsALine() {
    var err = new StringWriter();
    try (ProgressDisplay display = ProgressDisplay.on(new PrintWriter(err))) {
      display.at("track b, 64 B, warm-up", 0.5);
      display.finished("track b, 64 B: verified");
    }
    assertEquals("track b, 64 B: verified" + System.lineSeparator(), err.toString());
  }
}
