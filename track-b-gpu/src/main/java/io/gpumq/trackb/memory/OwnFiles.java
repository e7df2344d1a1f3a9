package io.gpumq.trackb.memory;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.HashSet;
import java.util.Set;

/**
 * The names of the files that this process made. A shutdown hook removes those that are left when
 * the process ends without a close, by {@code System.exit} or by a signal.
 *
 * <p>The hook removes names alone. Threads may still use the memory while it runs, and the memory
 * goes with the process. After {@code kill -9} no hook runs: {@link Leftovers} removes the files.
 */
final class OwnFiles {
  /** Guarded by this class, as are the other two. */
  private static final Set<Path> NAMES = new HashSet<>();

  private static boolean hooked;
  private static boolean ending;

  private OwnFiles() {}

  /**
   * Creates an empty file and opens it: to open it later might make it anew, behind the hook.
   *
   * @throws IOException if the file exists, or if the process is ending
   */
  static synchronized RandomAccessFile create(Path path, FileAttribute<?>... attributes)
      throws IOException {
    hook();
    Files.createFile(path, attributes);
    NAMES.add(path);
    try {
      return new RandomAccessFile(path.toFile(), "rw");
    } catch (IOException | RuntimeException | Error e) {
      remove(path);
      throw e;
    }
  }

  /** Gives a file that {@link #create} made another name, which must be free. */
  static synchronized void rename(Path from, Path to) throws IOException {
    if (ending) {
      throw new IOException("this process is ending");
    }
    Files.move(from, to);
    NAMES.remove(from);
    NAMES.add(to);
  }

  /** Removes a file's name. It need not be there any more. */
  static synchronized void remove(Path path) throws IOException {
    NAMES.remove(path);
    Files.deleteIfExists(path);
  }

  private static void hook() throws IOException {
    if (ending) {
      throw new IOException("this process is ending");
    }
    if (!hooked) {
      try {
        Runtime.getRuntime().addShutdownHook(new Thread(OwnFiles::removeAll, "gpumq-files"));
      } catch (IllegalStateException e) {
        throw new IOException("this process is ending", e);
      }
      hooked = true;
    }
  }

  private static synchronized void removeAll() {
    ending = true;
    for (Path path : NAMES) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        // Loggers may have ended by now, and the next open removes what is left.
      }
    }
    NAMES.clear();
  }
}
