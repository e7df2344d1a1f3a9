package io.gpumq.trackb.memory;

import io.gpumq.api.ConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

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

  /** Who wants the memory: the track until it is closed, and readers. */
  private final AtomicInteger holders = new AtomicInteger(1);

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

  /** Keeps the memory for one more reader, until its {@link #release}. */
  public void hold() {
    holders.incrementAndGet();
  }

  /** One holder less: with the last the memory goes. */
  public void release() {
    if (holders.decrementAndGet() == 0) {
      file.discard();
    }
  }

  /** Gives the memory back as soon as no reader holds it any more. Once. */
  @Override
  public void close() {
    release();
  }
}
