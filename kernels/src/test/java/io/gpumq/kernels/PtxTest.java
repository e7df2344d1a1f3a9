package io.gpumq.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The PTX that is shipped was built from the CUDA sources beside it. */
class PtxTest {
  private static final Path SOURCES = Path.of("src/main/cuda");
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(5);

  @Test
  void endsWithOneZero() {
    byte[] ptx = Ptx.zeroTerminated();
    assertEquals(0, ptx[ptx.length - 1]);
    assertTrue(ptx[ptx.length - 2] != 0, "two zeros at the end");
  }

  @Test
  void namesTheSourcesAsTheyAre() {
    assertEquals(
        "// sources sha256 " + hashOfSources(),
        kept().get(0),
        "the PTX is older than src/main/cuda: run build-ptx.sh where nvcc is installed, commit it");
  }

  @Test
  void holdsTheCodeOfAFreshBuild(@TempDir Path folder) throws IOException {
    boolean nvcc =
        Gxx.find("nvcc").isPresent() || Files.isExecutable(Path.of("/usr/local/cuda/bin/nvcc"));
    boolean complete = nvcc && Gxx.find("gcc").isPresent(); // nvcc runs it before all else
    assumeTrue(complete, "no nvcc and gcc, so the kept PTX was not compared with a fresh one");
    Path fresh = folder.resolve("gpumq.ptx");
    var result = Gxx.run(BUILD_LIMIT, "./build-ptx.sh", fresh.toString());
    assertEquals(0, result.exit(), result.output());
    List<String> built = Files.readAllLines(fresh);
    assumeTrue(
        built.get(1).equals(kept().get(1)),
        () ->
            "the kept PTX is by another compiler, so that the code was not compared: "
                + kept().get(1)
                + ", here"
                + built.get(1));
    for (int i = 0; i < Math.min(built.size(), kept().size()); i++) {
      assertEquals(built.get(i), kept().get(i), "line " + (i + 1) + ", in a fresh build");
    }
    assertEquals(built.size(), kept().size(), "lines in a fresh build");
  }

  private static List<String> kept() {
    byte[] ptx = Ptx.zeroTerminated();
    return new String(ptx, 0, ptx.length - 1, StandardCharsets.US_ASCII).lines().toList();
  }

  /** The SHA-256 over what {@code sha256sum} prints of every source: the twin of build-ptx.sh. */
  private static String hashOfSources() {
    try (var files = Files.walk(SOURCES)) {
      var lines = new StringBuilder();
      files
          .filter(Files::isRegularFile)
          .map(file -> SOURCES.relativize(file).toString())
          .sorted()
          .forEach(name -> lines.append(sha256(SOURCES.resolve(name)) + "  " + name + "\n"));
      return sha256(lines.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(Path file) {
    try {
      return sha256(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
