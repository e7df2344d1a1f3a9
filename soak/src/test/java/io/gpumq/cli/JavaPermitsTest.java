package io.gpumq.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.cli.Scripts.Said;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every launcher gives a Java the permits that its release takes, and no other. Maven gets all, and
 * an option before them by which an older Java passes over what it does not know.
 */
class JavaPermitsTest {
  private static final String NATIVES = "--enable-native-access=ALL-UNNAMED";
  private static final String UNSAFE = "--sun-misc-unsafe-memory-access=allow";

  @TempDir private Path home;

  private static String permits(String line) {
    return Stream.of(line.split(" "))
        .map(
            word -> word.equals(NATIVES) ? "natives" : word.equals(UNSAFE) ? "unsafe" : "something")
        .filter(word -> !word.equals("something"))
        .reduce("", (one, other) -> one + " " + other)
        .strip();
  }

  private static String lineOf(String program, Said said) {
    return said.output().lines().filter(line -> line.startsWith(program)).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "17.0.15, ''",
    "21, ''",
    "22.0.1, natives",
    "23, natives unsafe",
    "25.0.3, natives unsafe"
  })
  void byRelease(String version, String expected) throws Exception {
    Scripts.writeClone(home.resolve("clone"));
    Scripts.writeJdk(home.resolve("jdk"), version);
    var inClone = new ProcessBuilder("/bin/sh", home.resolve("clone/gpumq").toString(), "doctor");
    inClone.environment().put("JAVA_HOME", home.resolve("jdk").toString());
    Said said = Scripts.run(inClone);
    assertEquals(0, said.status(), said.output());
    assertEquals(expected, permits(lineOf("java", said)), said.output());

    Path dist = home.resolve("dist");
    Scripts.writeDist(dist, version);
    for (String launcher : new String[] {"bin/gpumq", "bin/gpumq-gpu-tests"}) {
      said = Scripts.run(new ProcessBuilder("/bin/sh", dist.resolve(launcher).toString()));
      assertEquals(expected, permits(lineOf("java", said)), said.output());
    }
  }

  @Test
  void mavenStartsWithItsOptionsOnThisJava() throws Exception {
    String options = Files.readString(Path.of("../.mvn/jvm.config")).strip();
    assertEquals("natives unsafe", permits(options));
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options.split("\\s+")));
    command.add("-version");
    Said said = Scripts.run(new ProcessBuilder(command));
    assertEquals(0, said.status(), said.output());
  }
}
