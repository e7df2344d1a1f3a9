package io.gpumq.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.cli.Scripts.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code gpumq dist} where folders have blanks in their names and there are no programs but the
 * plainest. Maven and the JDK are made up: a real distribution takes minutes.
 */
class DistTest {
  private static final List<String> TOOLS =
      List.of(
          "sh bash env dirname basename readlink sed sort cat cp rm mkdir mktemp install ldd tar gzip stat find cut grep"
              .split(" "));

  @TempDir private Path home;

  private Path clone;
  private Path jdk;
  private Path tools;

  @BeforeEach
  void write() throws IOException {
    clone = home.resolve("a clone");
    Scripts.writeClone(clone);
    Files.copy(Path.of("../packaging/dist.sh"), clone.resolve("packaging/dist.sh"));
    Files.writeString(clone.resolve("LICENSE"), "a licence");
    Scripts.copyScripts("bin", clone.resolve("packaging/tree"));
    Files.writeString(clone.resolve("packaging/tree/README.txt"), "glibc @GLIBC@ or newer");
    Scripts.write(
        clone.resolve("mvnw"),
        """
        cd packaging
        mkdir -p target/jars target/tests target/test-runner target/native/lib target/redis
        : >target/jars/one.jar
        echo GLIBC_2.38 GLIBC_2.4 >target/native/lib/libone.so
        : >target/redis/redis-server-6-linux-amd64
        """);
    Files.createDirectories(clone.resolve("packaging/tree/lib/redis"));

    jdk = home.resolve("a jdk");
    Files.createDirectories(jdk.resolve("jmods"));
    Files.createFile(jdk.resolve("jmods/java.base.jmod"));
    Scripts.writeJdk(home.resolve("runtime"), "17");
    Files.createDirectories(home.resolve("runtime/lib/server"));
    Files.createFile(home.resolve("runtime/lib/one.so"));
    Files.createFile(home.resolve("runtime/lib/server/libjvm.so"));
    // As the real one does, which strips native libraries by a program that is not of the JDK.
    Scripts.write(
        jdk.resolve("bin/jlink"),
        """
        for option; do
          case $option in
            --strip-debug | --strip-native-debug-symbols*)
              command -v objcopy || { echo 'jlink: no objcopy'; exit 1; } ;;
          esac
          output=$option
        done
        cp -r "%s" "$output"
        """
            .formatted(home.resolve("runtime")));

    tools = Files.createDirectories(home.resolve("tools"));
    for (String tool : TOOLS) {
      Path program = Path.of("/usr/bin", tool);
      Files.copy(program, tools.resolve(tool), StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  private Said dist() throws Exception {
    Path link = Files.createSymbolicLink(home.resolve("a link"), clone.resolve("gpumq"));
    var builder = new ProcessBuilder("/bin/sh", link.toString(), "dist").directory(home.toFile());
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().put("PATH", tools.toString());
    return Scripts.run(builder);
  }

  @Test
  void blanksInPathsAndNoBinutilsAreNoObstacle() throws Exception {
    assertFalse(Files.exists(tools.resolve("objcopy")));
    Said said = dist();
    assertEquals(0, said.status(), said.output());
    Path tarball = clone.resolve("dist/gpumq-1-linux-x86_64.tar.gz");
    assertTrue(
        said.output().endsWith("dist/" + tarball.getFileName() + ": 0 MiB\n"), said.output());
    Path unpacked = Files.createDirectories(home.resolve("un packed"));
    Said list =
        Scripts.run(
            new ProcessBuilder("tar", "xzf", tarball.toString(), "-C", unpacked.toString()));
    assertEquals(0, list.status(), list.output());
    Path readme = unpacked.resolve("gpumq-1-linux-x86_64/README.txt");
    assertEquals("glibc 2.38 or newer", Files.readString(readme), "the newest that anything wants");
    Path launcher = unpacked.resolve("gpumq-1-linux-x86_64/bin/gpumq");
    Said started = Scripts.run(new ProcessBuilder(launcher.toString(), "doctor"));
    assertEquals(0, started.status(), started.output());
    assertTrue(started.output().strip().endsWith("io.gpumq.cli.GpuMq doctor"), started.output());
  }

  @Test
  void aMachineWithoutAJdkIsToldSo() throws Exception {
    Path link = Files.createSymbolicLink(home.resolve("a link"), clone.resolve("gpumq"));
    var builder = new ProcessBuilder("/bin/sh", link.toString(), "dist").directory(home.toFile());
    builder.environment().remove("JAVA_HOME");
    builder.environment().put("PATH", tools.toString());
    Said said = Scripts.run(builder);
    assertEquals(1, said.status(), said.output());
    assertTrue(said.output().contains("no javac on the PATH: install a full JDK"), said.output());
  }

  @Test
  void aJdkWithoutModulesIsNamed() throws Exception {
    Files.delete(jdk.resolve("jmods/java.base.jmod"));
    Said said = dist();
    assertEquals(1, said.status(), said.output());
    assertTrue(said.output().contains("no jmods in " + jdk + ": set JAVA_HOME"), said.output());
  }
}
