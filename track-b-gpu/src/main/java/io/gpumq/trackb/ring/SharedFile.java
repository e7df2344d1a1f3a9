package io.gpumq.trackb.ring;

import static io.gpumq.kernels.RingLayout.CONTROL_OFFSET;
import static io.gpumq.kernels.RingLayout.PAGE_BYTES;

import io.gpumq.api.ConfigException;
import io.gpumq.kernels.RingLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One queue's shared-memory file, mapped block by block; {@code ring_layout.h} draws it.
 *
 * <p>It lies under {@code /dev/shm} where there is one (else in the temp directory), readable by
 * its owner alone, and is removed on {@link #close()}. The mapped memory itself lives as long as
 * anything refers to it: closing never pulls a page from under a reader.
 */
public final class SharedFile implements AutoCloseable {
  private static final AtomicInteger COUNTER = new AtomicInteger();

  private final Path path;
  private final ByteBuffer control;
  private final ByteBuffer descriptors;
  private final ByteBuffer ingress;
  private final ByteBuffer completions;
  private final ByteBuffer window;
  private final ByteBuffer express;
  private final ByteBuffer reads;

  private SharedFile(Path path, ByteBuffer[] blocks) {
    this.path = path;
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
    Path path = newPath(queue);
    try (FileChannel file =
        FileChannel.open(
            path,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      requireRoom(path, end);
      fill(file, end);
      writeHeader(file.map(MapMode.READ_WRITE, 0, PAGE_BYTES), g, offsets, end);
      ByteBuffer[] blocks = new ByteBuffer[sizes.length];
      for (int i = 0; i < blocks.length; i++) {
        blocks[i] = file.map(MapMode.READ_WRITE, offsets[i], sizes[i]);
      }
      return new SharedFile(path, blocks);
    } catch (IOException e) {
      remove(path);
      throw new ConfigException(
          "queue '"
              + queue
              + "': its shared-memory file "
              + path
              + " of "
              + end
              + " bytes cannot be made ("
              + e.getMessage()
              + "); free room there or open a smaller queue",
          e);
    }
  }

  private static Path newPath(String queue) {
    Path memory = Path.of("/dev/shm");
    Path folder = Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    return folder.resolve(
        "gpumq-"
            + ProcessHandle.current().pid()
            + "-"
            + COUNTER.incrementAndGet()
            + "-"
            + queue
            + ".ring");
  }

  /** Better than to find out by filling what other processes need. */
  private static void requireRoom(Path path, long bytes) throws IOException {
    long free = Files.getFileStore(path).getUsableSpace();
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

  private static void writeHeader(ByteBuffer header, RingGeometry g, long[] offsets, long end) {
    header.order(ByteOrder.LITTLE_ENDIAN);
    header.position(Long.BYTES);
    header.putInt(RingLayout.VERSION).putInt(g.slotBytes());
    header.putLong(end).putLong(g.capacity()).putLong(g.ingressSlots()).putLong(g.windowSlots());
    header.putInt(g.strideBytes()).putInt(g.readAreaBytes()).putLong(RingGeometry.READ_AREAS);
    for (int i = 1; i < offsets.length; i++) {
      header.putLong(offsets[i]);
    }
    header.putLong(g.firstSequence()).putInt(g.maxTries()).putInt(g.chunkSlots());
    header.putLong(ProcessHandle.current().pid());
    // The magic last, released: who sees it sees a whole header.
    Words.setRelease(header, 0, RingLayout.MAGIC);
  }

  private static long pages(long bytes) {
    return (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
  }

  /** Where the file lies. */
  public Path path() {
    return path;
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

  /** Removes the file. The mappings stay while they are referred to. */
  @Override
  public void close() {
    remove(path);
  }

  private static void remove(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      System.getLogger(SharedFile.class.getName())
          .log(System.Logger.Level.WARNING, "cannot remove " + path, e);
    }
  }
}
