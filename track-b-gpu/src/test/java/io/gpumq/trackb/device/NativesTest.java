package io.gpumq.trackb.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Native libraries, and what others may have put where they are looked for. */
class NativesTest {
  private static final String PLANTED = "libJCudaDriver-12.6.0-linux-x86_64.so";

  /** The main class of a process that asks for the GPU. */
  static final class Ask {
    public static void main(String[] args) {
      System.out.println("asked: " + CudaBackend.unavailable());
    }
  }

  @Test
  void whatOthersPutIntoTheTempFolderIsNotLoaded(@TempDir Path temp) throws Exception {
    byte[] planted = "not a library: loading it would be seen".getBytes(StandardCharsets.UTF_8);
    Path file = Files.write(temp.resolve(PLANTED), planted);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temp,
                "-cp",
                System.getProperty("java.class.path"),
                Ask.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(said.contains("asked: "), said);
    assertFalse(said.contains("does not load"), "the planted file was tried: " + said);
    assertArrayEquals(planted, Files.readAllBytes(file), "untouched");
    try (var left = Files.list(temp)) {
      assertEquals(1, left.count(), "left behind");
    }
  }

  @Test
  void aLibraryThatDoesNotLoadIsToldApartFromNoDriver() {
    String noDriver =
        Natives.whyNot(new UnsatisfiedLinkError("libcuda.so.1: cannot open shared object file"));
    assertTrue(noDriver.startsWith("there is no NVIDIA driver here"), noDriver);
    String broken = Natives.whyNot(new UnsatisfiedLinkError("x.so: invalid ELF header"));
    assertTrue(broken.startsWith("JCuda's native library does not load"), broken);
    assertTrue(broken.contains("invalid ELF header"), broken);
  }
}
