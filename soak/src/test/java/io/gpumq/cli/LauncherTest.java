package io.gpumq.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script at the root of the repository says what is wrong with a Java before it starts it, and
 * what the launchers share gives a process the connections to the GPU that it wants.
 */
class LauncherTest {
  @TempDir private Path home;

  private String output;

  private int launch(String javaHome, String path) throws IOException, InterruptedException {
    var builder = new ProcessBuilder("/bin/sh", "../gpumq", "--version").redirectErrorStream(true);
    builder.environment().put("PATH", path);
    builder.environment().remove("JAVA_HOME");
    if (javaHome != null) {
      builder.environment().put("JAVA_HOME", javaHome);
    }
    Process process = builder.start();
    output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor();
  }

  private void installJava(String version) throws IOException {
    Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"" + version + "\"' >&2\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void anEmptyJavaHomeIsNamed() throws Exception {
    assertEquals(2, launch(home.toString(), "/usr/bin:/bin"));
    assertTrue(output.contains("JAVA_HOME is " + home + ", where there is no bin/java"), output);
  }

  @Test
  void anOldJavaIsNamedWithItsRelease() throws Exception {
    for (String version : new String[] {"1.8.0_392", "11.0.2", "16"}) {
      installJava(version);
      assertEquals(2, launch(home.toString(), "/usr/bin:/bin"));
      assertTrue(output.contains("GpuMQ needs 17 or newer"), output);
    }
  }

  @Test
  void withoutAnyJavaItSaysWhatToInstall() throws Exception {
    Path tools = Files.createDirectories(home.resolve("tools"));
    Path dirname = Path.of("/usr/bin/dirname");
    Files.copy(dirname, tools.resolve("dirname"), StandardCopyOption.COPY_ATTRIBUTES);
    assertEquals(2, launch(null, tools.toString()));
    assertTrue(output.contains("no java on the PATH: install a JDK 17 or newer"), output);
  }

  private String connections(String given, String... arguments) throws Exception {
    String script = ". ../packaging/tree/lib/gpu-connections.sh; echo $CUDA_DEVICE_MAX_CONNECTIONS";
    var command = new ArrayList<>(List.of("/bin/sh", "-euc", script, "gpumq"));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("CUDA_DEVICE_MAX_CONNECTIONS");
    if (given != null) {
      builder.environment().put("CUDA_DEVICE_MAX_CONNECTIONS", given);
    }
    return new String(builder.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .trim();
  }

  @Test
  void aProcessThatRunsKernelsGetsAllConnections() throws Exception {
    assertEquals("32", connections(null));
    assertEquals("32", connections(null, "bench", "--suite", "limit"));
    assertEquals("32", connections(null, "soak", "--isolation", "none"));
    assertEquals("32", connections(null, "bench", "--json", "isolation-process.json"));
  }

  @Test
  void oneWhoseKernelsRunElsewhereGetsFew() throws Exception {
    assertEquals("4", connections(null, "soak", "--isolation", "process", "--lanes", "8"));
    assertEquals("4", connections(null, "bench", "--isolation=process"));
    assertEquals("4", connections(null, "bench", "--set", "isolation=process"));
    assertEquals("4", connections(null, "bench", "--suite", "isolation", "--quick"));
    assertEquals("4", connections(null, "bench", "--suite=isolation"));
  }

  @Test
  void connectionsThatTheEnvironmentGivesStay() throws Exception {
    assertEquals("7", connections("7"));
    assertEquals("7", connections("7", "soak", "--isolation", "process"));
  }
}
