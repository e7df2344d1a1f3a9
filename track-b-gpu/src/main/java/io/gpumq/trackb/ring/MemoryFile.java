package io.gpumq.trackb.ring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The files by which processes share memory: under {@code /dev/shm} where there is one (else in the
 * temp directory), readable by their owner alone.
 */
public final class MemoryFile {
  private static final String MODE = "rw-------";
  private static final Path MEMORY = Path.of("/dev/shm");

  private MemoryFile() {}

  /** The folder that they lie in. */
  public static Path folder() {
    return Files.isWritable(MEMORY) ? MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** Bytes that may be had there. */
  public static long freeBytes() {
    try {
      return Files.getFileStore(folder()).getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException("asking for room in " + folder(), e);
    }
  }

  /**
   * Creates a file of zeros, open to read and write.
   *
   * @throws IOException if there is no room for it; nothing is left then
   */
  public static FileChannel create(Path path, long bytes) throws IOException {
    FileChannel file =
        FileChannel.open(
            path,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(MODE)));
    try {
      requireRoom(bytes);
      fill(file, bytes);
      return file;
    } catch (IOException e) {
      file.close();
      remove(path);
      throw e;
    }
  }

  /** Better than to find out by filling what other processes need. */
  private static void requireRoom(long bytes) throws IOException {
    long free = freeBytes();
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

  /** Removes a file. The mappings stay while they are referred to. */
  public static void remove(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      System.getLogger(MemoryFile.class.getName())
          .log(System.Logger.Level.WARNING, "cannot remove " + path, e);
    }
  }
}
