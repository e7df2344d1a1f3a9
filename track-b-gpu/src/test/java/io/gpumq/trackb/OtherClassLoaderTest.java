package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A container of applications, whose class path has no GpuMQ: device processes find it. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OtherClassLoaderTest {
  @TempDir private Path folder;

  @Test
  void deviceProcessesRunWhatTheirOwnerLoaded() throws Exception {
    String loads = Loads.class.getName();
    Path file = folder.resolve(loads.replace('.', '/') + ".class");
    Files.createDirectories(file.getParent());
    try (InputStream bytes = Loads.class.getResourceAsStream("/" + folder.relativize(file))) {
      Files.copy(bytes, file);
    }
    Process process =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                folder.toString(),
                loads,
                System.getProperty("java.class.path"),
                SharedMachineTest.Opens.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(said.contains("opened 2"), said);
  }

  /** The application's loader, in a process that knows nothing else. */
  static final class Loads {
    public static void main(String[] args) throws Exception {
      List<String> entries = List.of(args[0].split(File.pathSeparator));
      URL[] urls = new URL[entries.size()];
      for (int i = 0; i < urls.length; i++) {
        urls[i] = new File(entries.get(i)).toURI().toURL();
      }
      var loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
      Thread.currentThread().setContextClassLoader(loader);
      loader
          .loadClass(args[1])
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[] {"process", "16M", "2", "2"});
    }
  }
}
