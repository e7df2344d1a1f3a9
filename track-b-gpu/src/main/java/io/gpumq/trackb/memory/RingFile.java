package io.gpumq.trackb.memory;

import static io.gpumq.kernels.LinkLayout.CONTROL_OFFSET;
import static io.gpumq.kernels.LinkLayout.DESCRIPTOR_BYTES;
import static io.gpumq.kernels.LinkLayout.EXPRESS_SLOTS;
import static io.gpumq.kernels.LinkLayout.HEADER_BYTES;
import static io.gpumq.kernels.LinkLayout.MAGIC;
import static io.gpumq.kernels.LinkLayout.PAGE_BYTES;
import static io.gpumq.kernels.LinkLayout.VERSION;

import io.gpumq.api.ConfigException;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.layout.Words;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One ring's shared-memory file, mapped block by block; {@code link/layout.h} draws it.
 *
 * <p>It lies in one of the {@link MemoryFolders}, readable by its owner alone. {@link #close()}
 * removes it; the memory goes when nobody {@link #hold}s it any more.
 */
public final class RingFile implements AutoCloseable {
  private final Path path;

  /** What this process made, or {@code null} where it has attached to another's. */
  private final MemoryFile file;

  /** Who wants the memory: this object until it is closed, and others. */
  private final AtomicInteger holders = new AtomicInteger(1);

  private final AtomicBoolean closed = new AtomicBoolean();

  /** In the order of {@link Layout}, the control block first. */
  private final List<ByteBuffer> blocks;

  private RingFile(Path path, MemoryFile file, ByteBuffer[] blocks) {
    this.path = path;
    this.file = file;
    this.blocks = List.of(blocks);
  }

  /**
   * Creates the file of a ring and writes its header.
   *
   * @param name stands in the file's name
   * @throws ConfigException if there is no room for it
   */
  public static RingFile create(String name, RingShape shape) {
    Layout layout = Layout.of(shape);
    Path path = RingFileName.fresh(name).ring(MemoryFolders.forBytes(layout.end()));
    MemoryFile file = null;
    try {
      file = MemoryFile.create(path, layout.end());
      ByteBuffer header = file.channel().map(MapMode.READ_WRITE, 0, PAGE_BYTES);
      header.put(0, layout.header(shape, ProcessHandle.current().pid()), 0, HEADER_BYTES);
      // The magic last, released: who sees it sees a whole header.
      Words.setRelease(header, 0, MAGIC);
      return new RingFile(path, file, layout.map(file.channel()));
    } catch (RuntimeException | Error e) {
      MemoryFile.undo(file, e);
      throw e;
    } catch (IOException e) {
      MemoryFile.undo(file, e);
      throw new ConfigException(
          "ring '"
              + name
              + "': its shared-memory file "
              + path
              + " of "
              + layout.end()
              + " bytes cannot be made ("
              + e.getMessage()
              + "); free room there",
          e);
    }
  }

  /**
   * Maps the file that another process of this user made for a ring.
   *
   * @param shape as that process says it is
   * @throws ConfigException if it is not that: says how it differs
   */
  public static RingFile attach(Path path, RingShape shape) {
    Layout layout = Layout.of(shape);
    try (FileChannel file = MemoryFile.open(path)) {
      Owner owner =
          RingFileName.of(path)
              .orElseThrow(() -> new IOException("its name is not that of a ring's file"))
              .owner();
      if (!MemoryFile.isLocked(file)) {
        throw new IOException("its owner, process " + owner.pid() + ", has ended");
      }
      layout.require(file, shape, owner);
      return new RingFile(path, null, layout.map(file));
    } catch (IOException e) {
      throw new ConfigException("shared-memory file " + path + ": " + e.getMessage(), e);
    }
  }

  /** Where the blocks lie, in the order of the file. */
  private record Layout(long[] offsets, long[] sizes, long end) {
    static Layout of(RingShape shape) {
      long[] sizes = {
        PAGE_BYTES,
        pages((long) shape.slots() * DESCRIPTOR_BYTES),
        pages(shape.ingressBytes()),
        pages((long) shape.slots() * Long.BYTES),
        pages(shape.windowBytes()),
        pages(2L * EXPRESS_SLOTS * shape.expressBytes())
      };
      long[] offsets = new long[sizes.length];
      long end = CONTROL_OFFSET;
      for (int i = 0; i < sizes.length; i++) {
        offsets[i] = end;
        end += sizes[i];
      }
      return new Layout(offsets, sizes, end);
    }

    ByteBuffer[] map(FileChannel file) throws IOException {
      ByteBuffer[] blocks = new ByteBuffer[sizes.length];
      for (int i = 0; i < blocks.length; i++) {
        blocks[i] = file.map(MapMode.READ_WRITE, offsets[i], sizes[i]);
      }
      return blocks;
    }

    /** Every byte of the header but the magic. */
    ByteBuffer header(RingShape shape, long ownerPid) {
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      header.position(Long.BYTES);
      header.putInt(VERSION).putInt(shape.slots()).putLong(end);
      header.putInt(shape.chunkBytes()).putInt(shape.chunks());
      header.putInt(shape.ticketSlots()).putInt(shape.maxTries());
      header.putInt(shape.resultBytes()).putInt(shape.expressBytes());
      for (int i = 1; i < offsets.length; i++) {
        header.putLong(offsets[i]);
      }
      return header.putLong(shape.statesPlace()).putLong(ownerPid).clear();
    }

    void require(FileChannel file, RingShape shape, Owner owner) throws IOException {
      if (file.size() != end) {
        throw new IOException(file.size() + " bytes long: must be " + end);
      }
      ByteBuffer found = file.map(MapMode.READ_ONLY, 0, PAGE_BYTES);
      if (Words.getAcquire(found, 0) != MAGIC) {
        throw new IOException("it does not begin as a ring's file does");
      }
      int version = found.order(ByteOrder.LITTLE_ENDIAN).getInt(Long.BYTES);
      if (version != VERSION) {
        throw new IOException("its version is " + version + ": must be " + VERSION);
      }
      ByteBuffer expected = header(shape, owner.pid()).putLong(0, MAGIC);
      int at = found.limit(HEADER_BYTES).mismatch(expected);
      if (at >= 0) {
        throw new IOException("its header is another ring's, from byte " + at + " on");
      }
    }
  }

  private static long pages(long bytes) {
    return (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
  }

  /** Where the file lies. */
  public Path path() {
    return path;
  }

  public ByteBuffer control() {
    return blocks.get(0);
  }

  public ByteBuffer descriptors() {
    return blocks.get(1);
  }

  public ByteBuffer ingress() {
    return blocks.get(2);
  }

  public ByteBuffer completions() {
    return blocks.get(3);
  }

  public ByteBuffer window() {
    return blocks.get(4);
  }

  public ByteBuffer express() {
    return blocks.get(5);
  }

  /** Every block that a device works on, in the order of the file. */
  public List<ByteBuffer> blocks() {
    return blocks;
  }

  /** Keeps the memory for one more holder, until its {@link #release}. */
  public void hold() {
    holders.incrementAndGet();
  }

  /** {@link #hold}, unless the memory is gone; returns whether it does. */
  public boolean tryHold() {
    int seen;
    do {
      seen = holders.get();
    } while (seen > 0 && !holders.compareAndSet(seen, seen + 1));
    return seen > 0;
  }

  /** One holder less: with the last the memory goes. */
  public void release() {
    if (holders.decrementAndGet() == 0) {
      file.discard();
    }
  }

  /**
   * Removes what this process made: the name at once, the memory as soon as nobody else holds it.
   */
  @Override
  public void close() {
    if (file != null && closed.compareAndSet(false, true)) {
      file.remove();
      release();
    }
  }
}
