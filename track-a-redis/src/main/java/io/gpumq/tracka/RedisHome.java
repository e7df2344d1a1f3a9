package io.gpumq.tracka;

import io.gpumq.spi.Log;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The folder of an {@link OwnRedis}, which only this user can read. Its maker holds a lock on a
 * file in it for as long as it lives: the system drops that however the process ends.
 */
public final class RedisHome {
  private static final Log LOG = Log.of(RedisHome.class);
  private static final String PREFIX = "gpumq-redis-";
  private static final long SELF = ProcessHandle.current().pid();

  /** A folder is made, and its lock put there, within this time. */
  private static final long BEGUN_MILLIS = 5_000;

  private final Path folder;
  private final FileChannel owner;

  private RedisHome(Path folder, FileChannel owner) {
    this.folder = folder;
    this.owner = owner;
  }

  /** Makes one, and puts its lock there, which is held from the first moment that it is seen. */
  static RedisHome make() throws IOException {
    Path folder = Files.createTempDirectory(PREFIX + SELF + "-"); // mode 0700
    try {
      Path unseen = folder.resolve("owner.unfinished");
      FileChannel owner =
          FileChannel.open(unseen, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      owner.lock();
      Files.move(unseen, lock(folder), StandardCopyOption.ATOMIC_MOVE);
      return new RedisHome(folder, owner);
    } catch (Throwable e) {
      delete(folder);
      throw e;
    }
  }

  private static Path lock(Path folder) {
    return folder.resolve("owner");
  }

  Path folder() {
    return folder;
  }

  /** Removes the folder, and gives the lock back. */
  void remove() {
    try (owner) {
      delete(folder);
    } catch (IOException e) {
      LOG.debug("closing a file in " + folder, e);
    }
  }

  /** Returns the folders of this user's processes that ended without removing them. */
  public static List<Path> left() {
    List<Path> left = new ArrayList<>();
    Path temp = Path.of(System.getProperty("java.io.tmpdir"));
    try (var folders = Files.newDirectoryStream(temp, PREFIX + "*")) {
      for (Path folder : folders) {
        if (isLeft(folder)) {
          left.add(folder);
        }
      }
    } catch (IOException e) {
      LOG.debug("cannot look through " + temp, e);
    }
    return left;
  }

  /** One of this very process is not looked at: to close its lock's file would drop the lock. */
  private static boolean isLeft(Path folder) {
    if (folder.getFileName().toString().startsWith(PREFIX + SELF + "-")
        || !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (FileChannel owner = FileChannel.open(lock(folder), StandardOpenOption.WRITE);
        FileLock lock = owner.tryLock()) {
      return lock != null;
    } catch (IOException e) { // another user's, or being made, or removed just now
      return !Files.exists(lock(folder)) && Files.isWritable(folder) && !isBegun(folder);
    }
  }

  private static boolean isBegun(Path folder) {
    return System.currentTimeMillis() - folder.toFile().lastModified() < BEGUN_MILLIS;
  }

  /** Ends the servers in folders that are left, removes these, and returns them. */
  public static List<Path> sweep() {
    List<Path> left = left();
    for (Path folder : left) {
      ProcessHandle.allProcesses()
          .filter(process -> worksIn(folder, process))
          .forEach(ProcessHandle::destroyForcibly);
      delete(folder);
    }
    return left;
  }

  private static boolean worksIn(Path folder, ProcessHandle process) {
    try {
      Path at = Path.of("/proc", Long.toString(process.pid()), "cwd");
      return Files.readSymbolicLink(at).equals(folder.toRealPath());
    } catch (IOException e) {
      return false; // it has ended, or is another user's
    }
  }

  private static void delete(Path folder) {
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      // A leftover in the temporary folder is no reason to fail a run.
    }
  }
}
