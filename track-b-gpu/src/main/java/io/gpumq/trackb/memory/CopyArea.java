package io.gpumq.trackb.memory;

import io.gpumq.api.ConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;

/** Memory of the host for the copy engine: what it copies to or from a track's arena lies here. */
public final class CopyArea implements AutoCloseable {
  private final MemoryFile file;
  private final ByteBuffer memory;

  private CopyArea(MemoryFile file, ByteBuffer memory) {
    this.file = file;
    this.memory = memory;
  }

  /**
   * Makes an area.
   *
   * @param name stands in the file's name
   * @throws ConfigException if there is no room for it
   */
  public static CopyArea create(String name, int bytes) {
    Path path = RingFileName.fresh(name).memory(MemoryFolders.forBytes(bytes));
    MemoryFile file = null;
    try {
      file = MemoryFile.create(path, bytes);
      file.remove(); // nobody else wants it: whatever becomes of this process, no file is left
      return new CopyArea(file, file.channel().map(MapMode.READ_WRITE, 0, bytes));
    } catch (RuntimeException | Error e) {
      MemoryFile.undo(file, e);
      throw e;
    } catch (IOException e) {
      MemoryFile.undo(file, e);
      throw new ConfigException(
          "the "
              + name
              + " of "
              + bytes
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
