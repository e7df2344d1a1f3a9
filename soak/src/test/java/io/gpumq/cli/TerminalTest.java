package io.gpumq.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables are as wide as the terminal, and 80 columns where there is none. */
class TerminalTest {
  private static final Path SCRIPT = Path.of("/usr/bin/script");

  @TempDir private Path home;

  @AfterEach
  void forget() {
    System.clearProperty(Terminal.OUT);
    System.clearProperty(Terminal.ERR);
  }

  @ParameterizedTest
  @CsvSource({"'', 80", "0, 80", "60, 80", "80, 80", "132, 132", "wide, 80", "99999, 80"})
  void tablesFitWhatTheLauncherSaw(String told, int columns) {
    System.setProperty(Terminal.OUT, told);
    assertEquals(columns, Terminal.columns());
  }

  @Test
  void withoutATerminalThereIsNoBar() {
    assertEquals(80, Terminal.columns());
    assertEquals(OptionalInt.empty(), Terminal.progress());
    System.setProperty(Terminal.ERR, "40");
    assertEquals(OptionalInt.of(40), Terminal.progress());
  }

  /** What both launchers say of the terminal, under a shell's line that runs them. */
  private List<String> told(String columns, String line) throws Exception {
    Scripts.writeClone(home.resolve("clone"));
    Scripts.writeJdk(home.resolve("jdk"), "17");
    Path dist = home.resolve("dist");
    Scripts.writeDist(dist, "17");
    String both =
        Stream.of("clone/gpumq", "dist/bin/gpumq")
            .map(launcher -> line.replace("LAUNCHER", "sh " + home.resolve(launcher)))
            .collect(Collectors.joining("\n"));
    Path program = home.resolve("program");
    Scripts.write(program, both);
    var builder = new ProcessBuilder("/bin/sh", program.toString());
    builder.environment().put("JAVA_HOME", home.resolve("jdk").toString());
    builder.environment().remove("COLUMNS");
    if (columns != null) {
      builder.environment().put("COLUMNS", columns);
    }
    return Scripts.run(builder)
        .output()
        .lines()
        .filter(said -> said.startsWith("java "))
        .map(TerminalTest::properties)
        .toList();
  }

  private static String properties(String java) {
    return Stream.of(java.strip().split(" "))
        .filter(word -> word.startsWith("-Dgpumq."))
        .map(word -> word.substring("-Dgpumq.".length()))
        .collect(Collectors.joining(" "));
  }

  @Test
  void aPipeIsNoTerminal() throws Exception {
    assertEquals(List.of("", ""), told("132", "LAUNCHER doctor"));
  }

  @Test
  void theLauncherAsksTheTerminal() throws Exception {
    assumeTrue(
        Files.isExecutable(SCRIPT), "no " + SCRIPT + ", so that no terminal's width was asked for");
    String inTerminal = "script -qec 'stty columns 132; LAUNCHER doctor' /dev/null </dev/null";
    String both = "columns=132 progress=132";
    assertEquals(List.of(both, both), told(null, inTerminal));
    assertEquals(List.of(both, both), told("wide", inTerminal));
    assertEquals(
        List.of(both.replace("132", "99"), both.replace("132", "99")), told("99", inTerminal));
    String piped = "script -qec 'stty columns 132; LAUNCHER doctor | cat' /dev/null </dev/null";
    assertEquals(List.of("progress=132", "progress=132"), told(null, piped));
    String narrow = "script -qec 'stty columns 0; LAUNCHER doctor' /dev/null </dev/null";
    assertEquals(List.of(both.replace("132", "80"), both.replace("132", "80")), told(null, narrow));
  }
}
