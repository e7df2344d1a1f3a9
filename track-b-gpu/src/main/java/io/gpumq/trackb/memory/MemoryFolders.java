package io.gpumq.trackb.memory;

import io.gpumq.api.ConfigException;
import io.gpumq.spi.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Where files of shared memory lie: under {@code /dev/shm}, and what does not fit there, in a
 * container say, which has 64 MB of it, in a folder of this user's in the temp folder.
 */
public final class MemoryFolders {
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final String PRIVATE = "rwx------";
  private static final Log LOG = Log.of(MemoryFolders.class);
  private static final AtomicBoolean TOLD = new AtomicBoolean();

  private MemoryFolders() {}

  /** Returns the folder for a file of so many bytes. */
  public static Path forBytes(long bytes) {
    if (!Files.isWritable(MEMORY)) {
      return elsewhere();
    }
    long free = freeBytes(MEMORY);
    if (bytes <= free || bytes > freeBytes(temp())) {
      return MEMORY;
    }
    if (TOLD.compareAndSet(false, true)) {
      LOG.warning(
          MEMORY
              + " has "
              + free
              + " bytes free, and a queue wants "
              + bytes
              + ": it lies in "
              + elsewhere()
              + ", as will others that do not fit; a larger "
              + MEMORY
              + " (docker run --shm-size) is faster");
    }
    return elsewhere();
  }

  /** Returns the folders in which files may lie. */
  static List<Path> all() {
    List<Path> all = new ArrayList<>();
    if (Files.isWritable(MEMORY)) {
      all.add(MEMORY);
    }
    if (Files.isDirectory(path())) {
      all.add(elsewhere());
    }
    return all;
  }

  /** Returns a line for people: where memory is shared, and how much is free there. */
  public static String describe() {
    Path folder = Files.isWritable(MEMORY) ? MEMORY : elsewhere();
    return folder + ", " + freeBytes(folder) + " bytes free";
  }

  /** Returns how many bytes are free in a folder; 0 where the system does not say. */
  static long freeBytes(Path folder) {
    return folder.toFile().getUsableSpace(); // that of a file store takes a file descriptor
  }

  /** Returns the folder for temporary files. */
  static Path temp() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  private static Path path() {
    return temp().resolve("gpumq-" + System.getProperty("user.name").replaceAll("[^\\w.-]", "_"));
  }

  /**
   * A folder that nobody else can write.
   *
   * @throws ConfigException if something else has its name
   */
  private static Path elsewhere() {
    return privateFolder(path());
  }

  /**
   * Makes a folder that only this user can read and write, or checks that it is that.
   *
   * @throws ConfigException if it is not, or cannot be made
   */
  public static Path privateFolder(Path folder) {
    try {
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectories(folder.getParent());
        Files.createDirectory(
            folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE)));
      }
      String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(folder));
      if (!MemoryFile.isOwn(folder) || !mode.equals(PRIVATE)) {
        throw new ConfigException(
            "folder "
                + folder
                + ": belongs to "
                + Files.getOwner(folder)
                + " with mode "
                + mode
                + ": must be this user's, with mode "
                + PRIVATE
                + "; remove it, or set java.io.tmpdir to a folder of your own");
      }
      return folder;
    } catch (IOException e) {
      throw new ConfigException("folder " + folder + " cannot be made: " + e, e);
    }
  }
}
