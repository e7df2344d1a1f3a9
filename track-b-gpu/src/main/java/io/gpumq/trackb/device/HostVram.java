package io.gpumq.trackb.device;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.api.ConfigException;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.memory.MemoryFile;
import io.gpumq.trackb.memory.MemoryFolders;
import io.gpumq.trackb.memory.RingFileName;
import io.gpumq.trackb.spi.CopyEngine;
import io.gpumq.trackb.spi.Vram;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;

/**
 * What is an arena in VRAM on a GPU, in the process's own memory or in a file that two processes
 * map. In pieces, since a buffer ends at 2 GB: no block of an arena lies in two of them.
 */
final class HostVram implements Vram {
  /** No more than no block of an arena goes across. */
  static final int PIECE_BYTES = 1 << 29;

  private static final int PIECE_SHIFT = Integer.numberOfTrailingZeros(PIECE_BYTES);

  private final long bytes;
  private final ByteBuffer[] pieces;

  private final Path path;

  /** The file that was made for it, or {@code null}. */
  private final MemoryFile own;

  /** Where a piece comes from. */
  @FunctionalInterface
  private interface Source {
    ByteBuffer get(long offset, int bytes) throws IOException;
  }

  private HostVram(long bytes, Path path, MemoryFile own, Source source) throws IOException {
    this.bytes = bytes;
    this.path = path;
    this.own = own;
    pieces = new ByteBuffer[(int) (bytes + PIECE_BYTES - 1 >> PIECE_SHIFT)];
    for (int i = 0; i < pieces.length; i++) {
      long offset = (long) i << PIECE_SHIFT;
      pieces[i] = source.get(offset, (int) Math.min(PIECE_BYTES, bytes - offset));
    }
  }

  /**
   * In this process alone.
   *
   * @throws ConfigException if it may not have as much
   */
  static HostVram inProcess(long bytes) {
    try {
      return new HostVram(bytes, null, null, (offset, some) -> ByteBuffer.allocateDirect(some));
    } catch (OutOfMemoryError | IOException e) {
      throw new ConfigException(
          "store.bytes "
              + bytes
              + ": the host device keeps as much outside the heap, and this process has no room for"
              + " it; set less, or raise -XX:MaxDirectMemorySize",
          e);
    }
  }

  /**
   * In a file.
   *
   * @throws ConfigException if there is no room for it
   */
  static HostVram shared(long bytes) {
    Path path = RingFileName.fresh("store").memory(MemoryFolders.forBytes(bytes));
    MemoryFile own = null;
    try {
      own = MemoryFile.create(path, bytes);
      return new HostVram(bytes, path, own, mapping(own.channel()));
    } catch (RuntimeException | Error e) {
      MemoryFile.undo(own, e);
      throw e;
    } catch (IOException e) {
      MemoryFile.undo(own, e);
      throw new ConfigException(
          "store.bytes "
              + bytes
              + ": the host device keeps as much in "
              + path
              + ", which cannot be made ("
              + e.getMessage()
              + "); free room there, or set less",
          e);
    }
  }

  /**
   * Of another process.
   *
   * @param handle its path
   * @throws ConfigException if it is not there, or not as that process should have made it
   */
  static HostVram open(String handle, long bytes) {
    Path path = Path.of(handle);
    try (FileChannel channel = MemoryFile.open(path)) {
      if (channel.size() != bytes) {
        throw new IOException(channel.size() + " bytes long: must be " + bytes);
      }
      return new HostVram(bytes, path, null, mapping(channel));
    } catch (IOException e) {
      throw new ConfigException("memory of a store, " + path + ": " + e.getMessage(), e);
    }
  }

  private static Source mapping(FileChannel channel) {
    return (offset, some) -> channel.map(MapMode.READ_WRITE, offset, some);
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public String handle() {
    if (path == null) {
      throw new IllegalStateException("this memory was not made to be shared");
    }
    return path.toString();
  }

  @Override
  public CopyEngine copyEngine(ByteBuffer memory) {
    return new HostCopyEngine(this, memory);
  }

  @Override
  public void write(long place, ByteBuffer from, int offset, int some) {
    piece(place).put(offset(place), from, offset, some);
  }

  @Override
  public void readWords(long place, long[] words) {
    for (int i = 0; i < words.length; i++) {
      words[i] = Words.getAcquire(piece(place), offset(place) + i * Long.BYTES);
    }
  }

  @Override
  public void writeWords(long place, long[] words) {
    for (int i = 0; i < words.length; i++) {
      Words.setOpaque(piece(place), offset(place) + i * Long.BYTES, words[i]);
    }
  }

  /** The piece that a place lies in, and {@link #offset} there. */
  ByteBuffer piece(long place) {
    return pieces[pieceOf(place)];
  }

  int pieceOf(long place) {
    return (int) (place >> PIECE_SHIFT - Integer.numberOfTrailingZeros(UNIT));
  }

  int pieceCount() {
    return pieces.length;
  }

  /** Where a place lies in its piece, in bytes. */
  int offset(long place) {
    return (int) (place * UNIT & PIECE_BYTES - 1);
  }

  @Override
  public void orphaned() {
    MemoryFile.remove(path);
  }

  @Override
  public void close() {
    if (own != null) {
      own.remove();
      own.discard();
    }
  }
}
