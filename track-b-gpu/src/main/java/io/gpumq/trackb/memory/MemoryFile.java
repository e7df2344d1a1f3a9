package io.gpumq.trackb.memory;

import io.gpumq.spi.Log;
import io.gpumq.spi.Steps;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A file by which processes share memory, readable by its owner alone. Its maker holds a lock on it
 * for as long as it lives: the system drops that however the process ends, and shows it to
 * containers, which number processes each for themselves.
 */
public final class MemoryFile {
  private static final String MODE = "rw-------";
  private static final Log LOG = Log.of(MemoryFile.class);

  /** Ends a file's name until the file is whole. */
  static final String UNFINISHED = ".unfinished";

  private final Path path;
  private final RandomAccessFile file;
  private final long bytes;

  private MemoryFile(Path path, RandomAccessFile file, long bytes) {
    this.path = path;
    this.file = file;
    this.bytes = bytes;
  }

  /**
   * Creates a file of zeros, and locks it.
   *
   * @throws IOException if there is no room for it; nothing is left then
   */
  public static MemoryFile create(Path path, long bytes) throws IOException {
    Path unfinished = path.resolveSibling(path.getFileName() + UNFINISHED);
    RandomAccessFile file =
        OwnFiles.create(
            unfinished,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(MODE)));
    try {
      file.getChannel().lock();
      requireRoom(path, bytes);
      fill(file.getChannel(), bytes);
      OwnFiles.rename(unfinished, path);
      return new MemoryFile(path, file, bytes);
    } catch (Throwable e) {
      Steps.undo(e, () -> close(file), () -> remove(unfinished));
      throw e;
    }
  }

  private static void close(RandomAccessFile file) {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Better than to find out by filling what other processes need. */
  private static void requireRoom(Path path, long bytes) throws IOException {
    long free = MemoryFolders.freeBytes(path.getParent());
    if (bytes > free) {
      throw new IOException("only " + free + " bytes free there");
    }
  }

  /**
   * Writes zeros: a file with holes would kill the process where memory runs out, not fail here.
   */
  private static void fill(FileChannel file, long bytes) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
    for (long at = 0; at < bytes; at += zeros.limit()) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at));
      while (zeros.hasRemaining()) {
        file.write(zeros);
      }
    }
  }

  /** Takes back what was made before {@code cause}; nothing where that is {@code null}. */
  public static void undo(MemoryFile made, Throwable cause) {
    if (made != null) {
      Steps.undo(cause, made::remove, made::discard);
    }
  }

  /** The file, to map it. It stays open, as its lock does, until {@link #discard}. */
  public FileChannel channel() {
    return file.getChannel();
  }

  /** Removes the file's name. The memory stays. */
  public void remove() {
    remove(path);
  }

  /**
   * Gives the memory back, although it is mapped: here, and in device processes, which may not look
   * at their garbage for hours. Every mapping loses its pages at once. It stays valid: whoever
   * still looks sees zeros. Once.
   */
  public void discard() {
    try (file) {
      file.setLength(0);
      file.setLength(bytes); // no page behind it: a look is not beyond the end
    } catch (IOException e) {
      LOG.warning("cannot give back the memory of " + path, e);
    }
  }

  /** Returns whether another process holds the lock of an open file; for other processes' files. */
  public static boolean isLocked(FileChannel file) throws IOException {
    try (FileLock lock = file.tryLock()) {
      return lock == null;
    } catch (OverlappingFileLockException e) {
      return true; // by this process, perhaps through another class loader
    }
  }

  /**
   * Opens a file that another process of this user made, to read and write.
   *
   * @throws IOException if it is not there, or not as {@link #create} makes it: says how it differs
   */
  public static FileChannel open(Path path) throws IOException {
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(Files.exists(path) ? "it is no plain file" : "it is not there");
    }
    String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    if (!mode.equals(MODE)) {
      throw new IOException("its mode is " + mode + ": must be " + MODE);
    }
    if (!isOwn(path)) {
      throw new IOException(
          "it belongs to " + Files.getOwner(path) + ": must be this process's user's");
    }
    return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** Whether a file belongs to the user that this process runs as. */
  static boolean isOwn(Path path) throws IOException {
    Path self = Path.of("/proc/self");
    Path own = Files.exists(self) ? self : Path.of(System.getProperty("user.home"));
    return Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(own));
  }

  /** Removes a file's name. The memory stays. */
  public static void remove(Path path) {
    try {
      OwnFiles.remove(path);
    } catch (IOException e) {
      LOG.warning("cannot remove " + path, e);
    }
  }
}
