package io.gpumq.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script at the root of the repository says what is wrong with a Java before it starts it. */
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
}
