package io.gpumq.trackb.device;

import io.gpumq.trackb.memory.BriefFolders;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Loads JCuda's native library from nowhere that others can write.
 *
 * <p>JCuda looks in {@code java.library.path}, where the distribution has it, then in {@code
 * java.io.tmpdir}, by a fixed name, and loads what lies there, whoever put it there; where there is
 * nothing it unpacks its own. So it is given a temp folder of its own meanwhile, new and empty,
 * that only this user can write.
 */
final class Natives {
  private static final String TEMP = "java.io.tmpdir";
  private static final String DRIVER = "libcuda.so.1";

  private Natives() {}

  /**
   * Runs what makes JCuda load its library.
   *
   * @throws UnsatisfiedLinkError if it does not load
   */
  static void load(Runnable first) {
    String before = System.getProperty(TEMP);
    Path own;
    try {
      own = BriefFolders.forNatives();
      // Java has two ways to a temporary file, and each keeps the folder of its first use.
      Files.delete(File.createTempFile("gpumq-natives-", null).toPath());
    } catch (IOException e) {
      throw new UnsatisfiedLinkError("no folder for them can be made: " + e);
    }
    System.setProperty(TEMP, own.toString());
    try {
      first.run();
    } finally {
      System.setProperty(TEMP, before);
      BriefFolders.remove(own); // what is loaded stays loaded
    }
  }

  /** Returns why the library does not load: there is no driver, or it is the library itself. */
  static String whyNot(Throwable failure) {
    String said = String.valueOf(failure.getMessage());
    Throwable cause = failure.getCause();
    if (said.contains(DRIVER) || cause != null && String.valueOf(cause).contains(DRIVER)) {
      return "there is no NVIDIA driver here (" + DRIVER + " cannot be loaded)";
    }
    return "JCuda's native library does not load, which says nothing about the driver: "
        + said.lines().findFirst().orElse(failure.toString());
  }
}
