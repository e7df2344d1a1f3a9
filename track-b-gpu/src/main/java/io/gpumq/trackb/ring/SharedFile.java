package io.gpumq.trackb.ring;

import static io.gpumq.kernels.RingLayout.CONTROL_OFFSET;
import static io.gpumq.kernels.RingLayout.PAGE_BYTES;

import io.gpumq.api.ConfigException;
import io.gpumq.kernels.RingLayout;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.memory.MemoryFile;
import io.gpumq.trackb.memory.MemoryFolders;
import io.gpumq.trackb.memory.Owner;
import io.gpumq.trackb.memory.RingFileName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * One queue's shared-memory file, mapped block by block; {@code ring_layout.h} draws it.
 *
 * <p>It lies in one of the {@link MemoryFolders}, readable by its owner alone. {@link #close()}
 * removes it; the memory goes when nobody {@link #hold}s it any more. A look at the moment when it
 * goes would end in an error of the virtual machine, so each look beside a close holds it.
 */
public final class SharedFile implements AutoCloseable {
  private final Path path;

  /** What this process made, or {@code null} where it has attached to another's. */
  private final MemoryFile file;

  /** Who wants the memory: this object until it is closed, and others. */
  private final AtomicInteger holders = new AtomicInteger(1);

  private final AtomicBoolean closed = new AtomicBoolean();

  /** What goes together with this memory, or {@code null}. */
  private volatile MemoryFile companion;

  private final ByteBuffer control;
  private final ByteBuffer descriptors;
  private final ByteBuffer ingress;
  private final ByteBuffer completions;
  private final ByteBuffer window;
  private final ByteBuffer express;
  private final ByteBuffer reads;

  private SharedFile(Path path, MemoryFile file, ByteBuffer[] blocks) {
    this.path = path;
    this.file = file;
    this.control = blocks[0];
    this.descriptors = blocks[1];
    this.ingress = blocks[2];
    this.completions = blocks[3];
    this.window = blocks[4];
    this.express = blocks[5];
    this.reads = blocks[6];
  }

  /**
   * Creates the file of a queue and writes its header.
   *
   * @throws ConfigException if there is no room for it
   */
  public static SharedFile create(String queue, RingGeometry g) {
    Layout layout = Layout.of(g);
    Path path = RingFileName.fresh(queue).ring(MemoryFolders.forBytes(layout.end()));
    MemoryFile file = null;
    try {
      file = MemoryFile.create(path, layout.end());
      ByteBuffer header = file.channel().map(MapMode.READ_WRITE, 0, PAGE_BYTES);
      header.put(0, layout.header(g, ProcessHandle.current().pid()), 0, RingLayout.HEADER_BYTES);
      // The magic last, released: who sees it sees a whole header.
      Words.setRelease(header, 0, RingLayout.MAGIC);
      return new SharedFile(path, file, layout.map(file.channel()));
    } catch (RuntimeException | Error e) {
      MemoryFile.undo(file, e);
      throw e;
    } catch (IOException e) {
      MemoryFile.undo(file, e);
      throw new ConfigException(
          "queue '"
              + queue
              + "': its shared-memory file "
              + path
              + " of "
              + layout.end()
              + " bytes cannot be made ("
              + e.getMessage()
              + "); free room there or open a smaller queue",
          e);
    }
  }

  /**
   * Maps the file that another process of this user made for a queue.
   *
   * @param g as that process says it is
   * @throws ConfigException if it is not that: says how it differs
   */
  public static SharedFile attach(Path path, RingGeometry g) {
    Layout layout = Layout.of(g);
    try (FileChannel file = MemoryFile.open(path)) {
      Owner owner =
          RingFileName.of(path)
              .orElseThrow(() -> new IOException("its name is not that of a queue's file"))
              .owner();
      if (!MemoryFile.isLocked(file)) {
        throw new IOException("its owner, process " + owner.pid() + ", has ended");
      }
      layout.require(file, g, owner);
      return new SharedFile(path, null, layout.map(file));
    } catch (IOException e) {
      throw new ConfigException("shared-memory file " + path + ": " + e.getMessage(), e);
    }
  }

  /** Where the blocks lie, in the order of {@link #blocks}. */
  private record Layout(long[] offsets, long[] sizes, long end) {
    static Layout of(RingGeometry g) {
      long[] sizes = {
        PAGE_BYTES,
        pages((long) g.ingressSlots() * Long.BYTES),
        pages((long) g.ingressSlots() * g.slotBytes()),
        pages((long) g.capacity() * Long.BYTES),
        pages((long) g.windowSlots() * g.strideBytes()),
        pages(2L * RingLayout.EXPRESS_SLOTS * g.expressBytes()),
        pages((long) g.readAreaBytes()) * RingGeometry.READ_AREAS
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
    ByteBuffer header(RingGeometry g, long ownerPid) {
      ByteBuffer header =
          ByteBuffer.allocate(RingLayout.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      header.position(Long.BYTES);
      header.putInt(RingLayout.VERSION).putInt(g.slotBytes());
      header.putLong(end).putLong(g.capacity()).putLong(g.ingressSlots()).putLong(g.windowSlots());
      header.putInt(g.strideBytes()).putInt(g.readAreaBytes()).putLong(RingGeometry.READ_AREAS);
      for (int i = 1; i < offsets.length; i++) {
        header.putLong(offsets[i]);
      }
      header.putLong(g.firstSequence()).putInt(g.maxTries()).putInt(g.chunkSlots());
      return header.putLong(ownerPid).clear();
    }

    void require(FileChannel file, RingGeometry g, Owner owner) throws IOException {
      if (file.size() != end) {
        throw new IOException(file.size() + " bytes long: must be " + end);
      }
      ByteBuffer found = file.map(MapMode.READ_ONLY, 0, PAGE_BYTES);
      if (Words.getAcquire(found, 0) != RingLayout.MAGIC) {
        throw new IOException("it does not begin as a queue's file does");
      }
      int version = found.order(ByteOrder.LITTLE_ENDIAN).getInt(Long.BYTES);
      if (version != RingLayout.VERSION) {
        throw new IOException("its version is " + version + ": must be " + RingLayout.VERSION);
      }
      ByteBuffer expected = header(g, owner.pid()).putLong(0, RingLayout.MAGIC);
      int at = found.limit(RingLayout.HEADER_BYTES).mismatch(expected);
      if (at >= 0) {
        throw new IOException("its header is another queue's, from byte " + at + " on");
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

  /** Where the ring's memory lies that a device without memory of its own shares. */
  public Path companion() {
    return companion(path);
  }

  /** Where the memory lies that belongs to a ring's file. */
  public static Path companion(Path path) {
    String ring = path.getFileName().toString();
    String stem = ring.substring(0, ring.length() - RingFileName.RING.length());
    return path.resolveSibling(stem + RingFileName.MEMORY);
  }

  public ByteBuffer control() {
    return control;
  }

  public ByteBuffer descriptors() {
    return descriptors;
  }

  public ByteBuffer ingress() {
    return ingress;
  }

  public ByteBuffer completions() {
    return completions;
  }

  public ByteBuffer window() {
    return window;
  }

  public ByteBuffer express() {
    return express;
  }

  public ByteBuffer reads() {
    return reads;
  }

  /** Every block that a device works on, reads included. */
  public List<ByteBuffer> blocks() {
    return List.of(control, descriptors, ingress, completions, window, express, reads);
  }

  /** Keeps the memory for one more holder, until its {@link #release}. */
  void hold() {
    holders.incrementAndGet();
  }

  /** {@link #hold}, unless the memory is gone; returns whether it does. */
  boolean tryHold() {
    int seen;
    do {
      seen = holders.get();
    } while (seen > 0 && !holders.compareAndSet(seen, seen + 1));
    return seen > 0;
  }

  /** One holder less: with the last the memory goes. */
  void release() {
    if (holders.decrementAndGet() == 0) {
      file.discard();
      MemoryFile other = companion;
      if (other != null) {
        other.discard();
      }
    }
  }

  /**
   * Looks at the memory, which stays meanwhile. For threads that a close does not wait for.
   *
   * @param gone what to answer where there is none to look at
   */
  <T> T looking(Supplier<T> look, Supplier<T> gone) {
    if (!tryHold()) {
      return gone.get();
    }
    try {
      return look.get();
    } finally {
      release();
    }
  }

  /** Keeps another memory for as long as this one: who holds one may look at both. Once. */
  public void keepAsWell(MemoryFile other) {
    companion = other;
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
