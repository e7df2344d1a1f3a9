package io.gpumq.trackb.memory;

import io.gpumq.api.ConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;

/**
 * The memory that runs of entries are read into from a track's arena: areas of a megabyte, which
 * readers share. Safe for use by many threads.
 */
public final class ReadAreas implements AutoCloseable {
  /** Runs that can be held at once. */
  public static final int COUNT = 12;

  /** One area. */
  public static final int BYTES = 1 << 20;

  private final MemoryFile file;
  private final ByteBuffer memory;

  private ReadAreas(MemoryFile file, ByteBuffer memory) {
    this.file = file;
    this.memory = memory;
  }

  /**
   * Makes the areas of a track.
   *
   * @throws ConfigException if there is no room for them
   */
  public static ReadAreas create() {
    int bytes = COUNT * BYTES;
    Path path = RingFileName.fresh("read-areas").memory(MemoryFolders.forBytes(bytes));
    MemoryFile file = null;
    try {
      file = MemoryFile.create(path, bytes);
      file.remove(); // nobody else wants it: whatever becomes of this process, no file is left
      return new ReadAreas(file, file.channel().map(MapMode.READ_WRITE, 0, bytes));
    } catch (RuntimeException | Error e) {
      MemoryFile.undo(file, e);
      throw e;
    } catch (IOException e) {
      MemoryFile.undo(file, e);
      throw new ConfigException(
          "read areas of "
              + bytes
              + " bytes in "
              + path
              + " cannot be made ("
              + e.getMessage()
              + "); free room there",
          e);
    }
  }

  /** All areas, one behind the other. */
  public ByteBuffer memory() {
    return memory;
  }

  /** Gives the memory back. Once, when nobody looks at it any more. */
  @Override
  public void close() {
    file.discard();
  }
}
