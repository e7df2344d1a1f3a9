package io.gpumq.trackb.memory;

import io.gpumq.api.TrackUnavailableException;
import io.gpumq.kernels.LinkLayout;
import io.gpumq.spi.Log;
import io.gpumq.trackb.layout.CompletionWord;
import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.layout.Words;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The shared-memory files of this user's rings on this machine, and the end of those whose owners
 * died without a word.
 */
public final class Leftovers {
  private static final Log LOG = Log.of(Leftovers.class);

  // Of struct FileHeader in link/layout.h.
  private static final int VERSION = 8;
  private static final int SLOTS = 12;
  private static final int FILE_BYTES = 16;
  private static final int COMPLETIONS = 64;

  /** A maker locks its file within microseconds of making it. */
  private static final long BEGUN_MILLIS = 1_000;

  private Leftovers() {}

  /**
   * A ring's files.
   *
   * @param name whose they are
   * @param files the ring's file, its memory, or both
   * @param isLeft whether their owner has ended
   * @param bytes of all of them
   * @param contents what was in the ring, in words
   */
  public record Found(
      RingFileName name, List<Path> files, boolean isLeft, long bytes, String contents) {
    /** One line for people. */
    public String describe() {
      return name.label()
          + " of process "
          + name.owner().pid()
          + (isLeft ? ", which has ended: " : ": ")
          + bytes
          + " bytes, "
          + contents;
    }
  }

  /** Returns what lies on this machine now, whosever it is. */
  public static List<Found> find() {
    return findIn(MemoryFolders.all(), name -> true);
  }

  static List<Found> find(Path folder) {
    return find(folder, found -> true);
  }

  private static List<Found> findIn(List<Path> folders, Predicate<Found> wanted) {
    return folders.stream().flatMap(folder -> find(folder, wanted).stream()).toList();
  }

  private static List<Found> find(Path folder, Predicate<Found> wanted) {
    Map<String, List<Path>> rings = new TreeMap<>();
    try (var paths = Files.newDirectoryStream(folder, "gpumq-*")) {
      for (Path path : paths) {
        if (RingFileName.of(path).isPresent() && isOwn(path)) {
          String file = path.getFileName().toString();
          String stem = file.substring(0, file.lastIndexOf('.'));
          rings.computeIfAbsent(stem, s -> new ArrayList<>()).add(path);
        }
      }
    } catch (IOException e) {
      throw new TrackUnavailableException(
          "folder " + folder + ", where queues lie, cannot be looked through: " + e, e);
    }
    List<Found> found = new ArrayList<>();
    for (List<Path> files : rings.values()) {
      RingFileName name = RingFileName.of(files.get(0)).orElseThrow();
      boolean isLeft = !isAlive(name, files);
      Found each =
          new Found(name, files, isLeft, bytes(files), isLeft ? contents(files) : "in use");
      if (wanted.test(each)) {
        found.add(each);
      }
    }
    return found;
  }

  /**
   * Returns whether the maker of a ring's files lives: it holds a lock on each, or may be about to
   * take it. A file of this very process is not opened to find out, since closing it again would
   * drop the lock.
   */
  private static boolean isAlive(RingFileName name, List<Path> files) {
    if (name.owner().mayBeSelf()) {
      return true;
    }
    for (Path path : files) {
      try (FileChannel file = MemoryFile.open(path)) {
        if (MemoryFile.isLocked(file) || isBegun(path)) {
          return true;
        }
      } catch (NoSuchFileException e) {
        return true; // its owner removes it just now
      } catch (IOException e) {
        LOG.debug("cannot look at " + path, e);
        return true; // nothing that one knows nothing of is removed
      }
    }
    return false;
  }

  /** Returns whether a file was made just now, so that its maker may not have locked it yet. */
  private static boolean isBegun(Path path) throws IOException {
    return path.toString().endsWith(MemoryFile.UNFINISHED)
        && System.currentTimeMillis() - Files.getLastModifiedTime(path).toMillis() < BEGUN_MILLIS;
  }

  private static boolean isOwn(Path path) throws IOException {
    try {
      return MemoryFile.isOwn(path);
    } catch (NoSuchFileException e) {
      return false; // its owner removed it just now
    }
  }

  private static long bytes(List<Path> files) {
    long bytes = 0;
    for (Path file : files) {
      bytes += file.toFile().length();
    }
    return bytes;
  }

  /** Removes what owners left that have ended, and answers what that was. */
  public static List<Found> sweep() {
    return sweep(MemoryFolders.all());
  }

  static List<Found> sweep(Path folder) {
    return sweep(List.of(folder));
  }

  private static List<Found> sweep(List<Path> folders) {
    List<Found> left = findIn(folders, Found::isLeft);
    for (Found found : left) {
      found.files().forEach(MemoryFile::remove);
      LOG.warning("removed, and its messages are lost: " + found.describe());
    }
    return left;
  }

  private static String contents(List<Path> files) {
    for (Path file : files) {
      if (file.toString().endsWith(MemoryFile.UNFINISHED)) {
        return "half made";
      }
      if (file.toString().endsWith(RingFileName.RING)) {
        try {
          return contents(file);
        } catch (IOException | RuntimeException e) {
          return "unreadable (" + e.getMessage() + ")";
        }
      }
    }
    return "memory of a track";
  }

  private static String contents(Path path) throws IOException {
    try (FileChannel file = FileChannel.open(path)) {
      if (file.size() < LinkLayout.CONTROL_OFFSET + LinkLayout.PAGE_BYTES) {
        return "nothing in it";
      }
      ByteBuffer header =
          file.map(MapMode.READ_ONLY, 0, LinkLayout.PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      if (Words.getAcquire(header, 0) != LinkLayout.MAGIC
          || header.getInt(VERSION) != LinkLayout.VERSION
          || header.getLong(FILE_BYTES) != file.size()) {
        return "not of this version";
      }
      ByteBuffer control =
          file.map(MapMode.READ_ONLY, LinkLayout.CONTROL_OFFSET, LinkLayout.PAGE_BYTES);
      long published = new Control(control).acquireHead();
      int slots = header.getInt(SLOTS);
      ByteBuffer words =
          file.map(MapMode.READ_ONLY, header.getLong(COMPLETIONS), (long) slots * Long.BYTES);
      long pending = 0;
      for (long sequence = Math.max(0, published - slots); sequence < published; sequence++) {
        long word = Words.getAcquire(words, (int) (sequence & slots - 1) * Long.BYTES);
        pending += CompletionWord.isOf(word, sequence) ? 0 : 1;
      }
      return published + " messages and reads published, " + (published - pending) + " completed";
    }
  }
}
