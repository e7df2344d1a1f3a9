package io.gpumq.trackb.isolation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The command line of a device process. */
class LauncherTest {
  private static final String NATIVES = "--enable-native-access=ALL-UNNAMED";
  private static final String UNSAFE = "--sun-misc-unsafe-memory-access=allow";

  @Test
  void permitsAreThoseThatTheReleaseKnows() {
    assertEquals(List.of(), Launcher.permits(17));
    assertEquals(List.of(), Launcher.permits(21));
    assertEquals(List.of(NATIVES), Launcher.permits(22));
    assertEquals(List.of(NATIVES, UNSAFE), Launcher.permits(23));
    assertEquals(List.of(NATIVES, UNSAFE), Launcher.permits(25));
  }

  @Test
  void thisJavaTakesItsPermits() throws Exception {
    ProcessPlan plan = ProcessPlan.of("host", Map.of(), false);
    List<String> permits = Launcher.permits(Runtime.version().feature());
    List<String> given = Launcher.builder(plan, Path.of("nowhere"), Map.of()).command();
    assertEquals(permits, given.stream().filter(permits::contains).toList());
    var command = new ArrayList<>(List.of(plan.java().toString()));
    command.addAll(permits);
    command.add("--version");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }
}
