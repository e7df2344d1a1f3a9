package io.gpumq.trackb.memory;

import io.gpumq.api.ConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;

/** The memory that the copy engine reads runs of a track's arena into, where no kernel can. */
public final class CopyArea implements AutoCloseable {
  /** The longest run. */
  public static final int BYTES = 1 << 20;

  private final MemoryFile file;
  private final ByteBuffer memory;

  private CopyArea(MemoryFile file, ByteBuffer memory) {
    this.file = file;
    this.memory = memory;
  }

  /**
   * Makes the area of a track.
   *
   * @throws ConfigException if there is no room for it
   */
  public static CopyArea create() {
    Path path = RingFileName.fresh("copy-area").memory(MemoryFolders.forBytes(BYTES));
    MemoryFile file = null;
    try {
      file = MemoryFile.create(path, BYTES);
      file.remove(); // nobody else wants it: whatever becomes of this process, no file is left
      return new CopyArea(file, file.channel().map(MapMode.READ_WRITE, 0, BYTES));
    } catch (RuntimeException | Error e) {
      MemoryFile.undo(file, e);
      throw e;
    } catch (IOException e) {
      MemoryFile.undo(file, e);
      throw new ConfigException(
          "a copy area of "
              + BYTES
              + " bytes in "
              + path
              + " cannot be made ("
              + e.getMessage()
              + "); free room there",
          e);
    }
  }

  /** All of it. */
  public ByteBuffer memory() {
    return memory;
  }

  /** Gives the memory back. Once, when nobody copies. */
  @Override
  public void close() {
    file.discard();
  }
}
