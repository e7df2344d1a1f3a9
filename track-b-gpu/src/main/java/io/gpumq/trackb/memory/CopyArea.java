package io.gpumq.trackb.memory;

import io.gpumq.api.ConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The memory that the copy engine reads runs of a track's arena into, where no kernel can. Safe for
 * use by many threads.
 */
public final class CopyArea implements AutoCloseable {
  /** The longest run. */
  public static final int BYTES = 1 << 20;

  private final MemoryFile file;
  private final ByteBuffer memory;

  /** Who wants the memory: the track until it is closed, and who copies. */
  private final AtomicInteger holders = new AtomicInteger(1);

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
    int bytes = BYTES;
    Path path = RingFileName.fresh("copy-area").memory(MemoryFolders.forBytes(bytes));
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
          "a copy area of "
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

  /** Keeps the memory for one more who copies, until its {@link #release}. */
  public void hold() {
    holders.incrementAndGet();
  }

  /** One holder less: with the last the memory goes. */
  public void release() {
    if (holders.decrementAndGet() == 0) {
      file.discard();
    }
  }

  /** Gives the memory back as soon as nobody holds it any more. Once. */
  @Override
  public void close() {
    release();
  }
}
