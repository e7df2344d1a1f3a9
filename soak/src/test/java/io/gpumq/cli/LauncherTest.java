package io.gpumq.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script at the root of the repository says what is wrong with a Java before it starts it, and
 * that of the distribution gives a process the connections to the GPU that it wants.
 */
class LauncherTest {
  @TempDir private Path home;

  private String output;

  private int launch(String javaHome, String path) throws IOException, InterruptedException {
    var builder = new ProcessBuilder("/bin/sh", "../gpumq", "--version");
    builder.environment().put("PATH", path);
    builder.environment().remove("JAVA_HOME");
    if (javaHome != null) {
      builder.environment().put("JAVA_HOME", javaHome);
    }
    return run(builder);
  }

  private int run(ProcessBuilder builder) throws IOException, InterruptedException {
    Scripts.Said said = Scripts.run(builder);
    output = said.output();
    return said.status();
  }

  @Test
  void anEmptyJavaHomeIsNamed() throws Exception {
    assertEquals(2, launch(home.toString(), "/usr/bin:/bin"));
    assertTrue(output.contains("JAVA_HOME is " + home + ", where there is no bin/java"), output);
  }

  @Test
  void anOldJavaIsNamedWithItsRelease() throws Exception {
    for (String version : new String[] {"1.8.0_392", "11.0.2", "16"}) {
      Scripts.writeJdk(home, version);
      assertEquals(2, launch(home.toString(), "/usr/bin:/bin"));
      assertTrue(output.contains("GpuMQ needs 17 or newer"), output);
    }
  }

  @Test
  void withoutAnyJavaItSaysWhatToInstall() throws Exception {
    Path tools = Files.createDirectories(home.resolve("tools"));
    for (String tool : List.of("dirname", "readlink")) {
      Path of = Path.of("/usr/bin", tool);
      Files.copy(of, tools.resolve(tool), StandardCopyOption.COPY_ATTRIBUTES);
    }
    assertEquals(2, launch(null, tools.toString()));
    assertTrue(output.contains("no java on the PATH: install a JDK 17 or newer"), output);
  }

  @Test
  void aSymlinkLeadsToTheClone() throws Exception {
    Path real = Files.createDirectories(home.resolve("a clone")).resolve("gpumq");
    Files.copy(Path.of("../gpumq"), real);
    Path packaging = home.resolve("a clone/packaging");
    Scripts.write(packaging.resolve("dist.sh"), "echo \"dist of $0 takes $*\"");
    Path link = Files.createSymbolicLink(home.resolve("link"), real);
    var builder = new ProcessBuilder("/bin/sh", link.toString(), "dist", "one");
    assertEquals(0, run(builder));
    String made = packaging.resolve("dist.sh").toRealPath().toString();
    assertEquals("dist of " + made + " takes one\n", output);
  }

  @Test
  void throughASymlinkItBuildsItsCloneWithNoLibraryOfTheBuildBefore() throws Exception {
    Path clone = home.resolve("a clone");
    Scripts.writeClone(clone);
    Scripts.writeJdk(home.resolve("a jdk"), "17");
    Path stale = Files.createDirectories(clone.resolve("soak/target/lib")).resolve("stale.jar");
    Files.createFile(stale);
    Path link = Files.createSymbolicLink(home.resolve("a link"), clone.resolve("gpumq"));
    var builder = new ProcessBuilder("/bin/sh", link.toString(), "doctor").directory(home.toFile());
    builder.environment().put("JAVA_HOME", home.resolve("a jdk").toString());
    assertEquals(0, run(builder), output);
    assertTrue(output.contains(" -cp " + clone.toRealPath() + "/soak/target/"), output);
    assertTrue(output.endsWith(" io.gpumq.cli.GpuMq doctor\n"), output);
    assertTrue(Files.isDirectory(clone.resolve("soak/target/lib")));
    assertFalse(Files.exists(stale));
  }

  @Test
  void distSaysWhatItDoesAndRefusesWhatItDoesNotKnow() throws Exception {
    assertEquals(0, run(new ProcessBuilder("/bin/sh", "../gpumq", "dist", "--help")));
    assertTrue(output.startsWith("usage: gpumq dist\n"), output);
    assertEquals(2, run(new ProcessBuilder("/bin/sh", "../gpumq", "dist", "--fast")));
    assertTrue(output.startsWith("gpumq dist: '--fast': it takes no options\n"), output);
  }

  @Test
  void gpuTestsWithoutAGpuSayTheReasonLast() throws Exception {
    try (var devices = Files.newDirectoryStream(Path.of("/dev"), "nvidia[0-9]*")) {
      assumeFalse(devices.iterator().hasNext(), "this machine has a GPU");
    }
    Scripts.writeDist(home, "17");
    Path tests = home.resolve("bin/gpumq-gpu-tests");
    Scripts.write(home.resolve("lib/runtime/bin/java"), "echo a test");
    assertEquals(2, run(new ProcessBuilder("/bin/sh", tests.toString())));
    assertTrue(output.startsWith("a test\nno GPU: "), output);
  }

  /** What the distribution's launcher gives the Java virtual machine that it starts. */
  private String connections(String given, String... arguments) throws Exception {
    Path launcher = home.resolve("bin/gpumq");
    Scripts.writeDist(home, "17");
    Scripts.write(home.resolve("lib/runtime/bin/java"), "echo $CUDA_DEVICE_MAX_CONNECTIONS");
    var command = new ArrayList<>(List.of("/bin/sh", launcher.toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command);
    builder.environment().remove("CUDA_DEVICE_MAX_CONNECTIONS");
    if (given != null) {
      builder.environment().put("CUDA_DEVICE_MAX_CONNECTIONS", given);
    }
    return Scripts.run(builder).output().trim();
  }

  @Test
  void aProcessThatRunsKernelsGetsAllConnections() throws Exception {
    assertEquals("32", connections(null));
    assertEquals("32", connections(null, "bench", "--suite", "limit"));
    assertEquals("32", connections(null, "bench", "--isolation", "none"));
    assertEquals("32", connections(null, "bench", "--json", "isolation-process.json"));
  }

  @Test
  void oneWhoseKernelsRunElsewhereGetsFew() throws Exception {
    assertEquals("4", connections(null, "bench", "--isolation", "process", "--lanes", "8"));
    assertEquals("4", connections(null, "bench", "--isolation=process"));
    assertEquals("4", connections(null, "bench", "--set", "isolation=process"));
    assertEquals("4", connections(null, "bench", "--suite", "isolation", "--quick"));
    assertEquals("4", connections(null, "bench", "--suite=isolation"));
  }

  @Test
  void connectionsThatTheEnvironmentGivesStay() throws Exception {
    assertEquals("7", connections("7"));
    assertEquals("7", connections("7", "bench", "--isolation", "process"));
  }
}
