package io.gpumq.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/** Runs the launchers beside made-up programs. */
final class Scripts {
  private static final Path TREE = Path.of("../packaging/tree");

  private Scripts() {}

  /** The exit status of a program, and all that it wrote. */
  record Said(int status, String output) {}

  static Said run(ProcessBuilder builder) throws IOException, InterruptedException {
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(process.waitFor(), output);
  }

  /** Writes a program that does these lines, and the folders that it lies in. */
  static void write(Path program, String lines) throws IOException {
    Files.createDirectories(program.getParent());
    Files.writeString(program, "#!/bin/sh\n" + lines + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Copies the programs of the distribution and what they read, and makes a runtime for them. */
  static void writeDist(Path dist, String version) throws IOException {
    copyScripts("bin", dist);
    copyScripts("lib", dist);
    writeJdk(dist.resolve("lib/runtime"), version);
  }

  /** Copies a folder of the distribution's tree, without what lies deeper. */
  static void copyScripts(String folder, Path to) throws IOException {
    Path copies = Files.createDirectories(to.resolve(folder));
    try (Stream<Path> files = Files.list(TREE.resolve(folder))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, copies.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** Makes a clone of nothing but the launcher, whose build makes nothing. */
  static void writeClone(Path clone) throws IOException {
    Files.createDirectories(clone);
    Files.copy(Path.of("../gpumq"), clone.resolve("gpumq"), StandardCopyOption.REPLACE_EXISTING);
    copyScripts("lib", clone.resolve("packaging/tree"));
    Files.writeString(clone.resolve("pom.xml"), "<project>\n  <version>1</version>\n</project>\n");
    for (String module : List.of("broker", "kernels", "track-a-redis", "track-b-gpu", "soak/src")) {
      Files.createDirectories(clone.resolve(module));
    }
    write(clone.resolve("mvnw"), "mkdir -p soak/target/lib");
  }

  /** Makes a JDK of that release; its {@code java} says what it is called with. */
  static void writeJdk(Path home, String version) throws IOException {
    write(
        home.resolve("bin/java"),
        "[ \"$1\" = -version ] && echo 'openjdk version \"" + version + "\"' || echo java $*");
    write(home.resolve("bin/javac"), "");
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
  }
}
