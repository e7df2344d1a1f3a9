package io.gpumq.trackb.memory;

import io.gpumq.spi.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Folders of this user alone that live for a moment: less than a minute, whatever happens, unless
 * their maker is killed in it. An older one is a leftover.
 */
public final class BriefFolders {
  private static final Log LOG = Log.of(BriefFolders.class);
  private static final long LONGEST_LIFE_MILLIS = 60_000;
  private static final String NAMES = "gpumq-{wire,natives}-*";

  /** A path of a socket is short by nature: 107 bytes on Linux, the name's included. */
  private static final int MOST_FOLDER = 70;

  private static final Path SHORT_TEMP = Path.of("/tmp");

  private BriefFolders() {}

  /** Makes a folder for the socket by which two processes meet. */
  public static Path forWire() throws IOException {
    Path temp = MemoryFolders.temp();
    return make(temp.toString().length() <= MOST_FOLDER ? temp : SHORT_TEMP, "wire");
  }

  /** Makes a folder for native libraries, to be loaded from there. */
  public static Path forNatives() throws IOException {
    return make(MemoryFolders.temp(), "natives");
  }

  private static Path make(Path temp, String what) throws IOException {
    return Files.createTempDirectory(temp, "gpumq-" + what + "-"); // mode 0700, not to be guessed
  }

  /** Returns what killed processes of this user left. */
  public static List<Path> left() {
    List<Path> left = new ArrayList<>();
    for (Path temp :
        new LinkedHashSet<>(List.of(MemoryFolders.temp().toAbsolutePath(), SHORT_TEMP))) {
      try (var folders = Files.newDirectoryStream(temp, NAMES)) {
        for (Path folder : folders) {
          if (isLeft(folder)) {
            left.add(folder);
          }
        }
      } catch (IOException e) {
        LOG.debug("cannot look through " + temp, e);
      }
    }
    return left;
  }

  private static boolean isLeft(Path folder) throws IOException {
    try {
      return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
          && MemoryFile.isOwn(folder)
          && System.currentTimeMillis() - Files.getLastModifiedTime(folder).toMillis()
              > LONGEST_LIFE_MILLIS;
    } catch (NoSuchFileException e) {
      return false; // its maker removed it just now
    }
  }

  /** Removes what killed processes left, and returns that. */
  public static List<Path> sweep() {
    List<Path> left = left();
    left.forEach(BriefFolders::remove);
    return left;
  }

  /** Removes a folder with all that is in it. */
  public static void remove(Path folder) {
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      LOG.debug("cannot remove " + folder, e);
    }
  }
}
