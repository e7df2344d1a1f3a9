package io.gpumq.trackb.device;

import io.gpumq.api.ConfigException;
import io.gpumq.kernels.RingLayout;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.memory.MemoryFile;
import io.gpumq.trackb.ring.RingGeometry;
import io.gpumq.trackb.ring.RingMemory;
import io.gpumq.trackb.ring.SharedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What is VRAM on a GPU, in the process's own memory or in a file that two processes map: state
 * words first, then the slots. Segmented, since a buffer ends at 2 GB.
 */
final class HostMemory implements RingMemory {
  private static final int SEGMENT_BYTES = 1 << 29;

  private final RingGeometry geometry;
  private final ByteBuffer reads;
  private final ByteBuffer states;
  private final ByteBuffer[] segments;
  private final int segmentShift;
  private final long slotMask;

  /** The file that holds it and was made for it, or {@code null}. */
  private final MemoryFile own;

  private final Path path;
  private final AtomicBoolean closed = new AtomicBoolean();

  private HostMemory(SharedFile file, RingGeometry g, Path path, MemoryFile own, Mapping mapping)
      throws IOException {
    this.geometry = g;
    this.reads = file.reads();
    this.path = path;
    this.own = own;
    slotMask = g.capacity() - 1;
    int slots = Math.min(g.capacity(), Integer.highestOneBit(SEGMENT_BYTES / g.strideBytes()));
    segmentShift = Integer.numberOfTrailingZeros(slots);
    segments = new ByteBuffer[g.capacity() / slots];
    states = mapping.map(0, g.capacity() * Long.BYTES);
    int segmentBytes = slots * g.strideBytes();
    for (int i = 0; i < segments.length; i++) {
      segments[i] = mapping.map(statesBytes(g) + (long) i * segmentBytes, segmentBytes);
    }
  }

  /** Where a part of the memory comes from. */
  @FunctionalInterface
  private interface Mapping {
    ByteBuffer map(long offset, int bytes) throws IOException;
  }

  /**
   * In this process alone.
   *
   * @throws ConfigException if it may not have as much
   */
  static HostMemory inProcess(SharedFile file, RingGeometry g) {
    try {
      return new HostMemory(
              file, g, null, null, (offset, bytes) -> ByteBuffer.allocateDirect(bytes))
          .cleared();
    } catch (OutOfMemoryError | IOException e) {
      throw new ConfigException(
          needs(g)
              + " bytes outside the heap, and this process has no room for them;"
              + " open a smaller queue, or raise -XX:MaxDirectMemorySize",
          e);
    }
  }

  /**
   * In a file beside the queue's.
   *
   * @throws ConfigException if there is no room for it
   */
  static HostMemory shared(SharedFile file, RingGeometry g) {
    Path path = file.companion();
    MemoryFile own = null;
    try {
      own = MemoryFile.create(path, fileBytes(g));
      HostMemory memory = new HostMemory(file, g, path, own, mapping(own.channel())).cleared();
      file.keepAsWell(own);
      return memory;
    } catch (RuntimeException | Error e) {
      MemoryFile.undo(own, e);
      throw e;
    } catch (IOException e) {
      MemoryFile.undo(own, e);
      throw new ConfigException(
          needs(g)
              + " bytes in "
              + path
              + ", which cannot be made ("
              + e.getMessage()
              + "); free room there or open a smaller queue",
          e);
    }
  }

  /**
   * Of another process.
   *
   * @param handle its path
   * @throws ConfigException if it is not there, or not as that process should have made it
   */
  static HostMemory open(SharedFile file, RingGeometry g, String handle) {
    Path path = Path.of(handle);
    try (FileChannel channel = MemoryFile.open(path)) {
      if (channel.size() != fileBytes(g)) {
        throw new IOException(channel.size() + " bytes long: must be " + fileBytes(g));
      }
      return new HostMemory(file, g, path, null, mapping(channel));
    } catch (IOException e) {
      throw new ConfigException("memory of a ring, " + path + ": " + e.getMessage(), e);
    }
  }

  private static Mapping mapping(FileChannel channel) {
    return (offset, bytes) -> channel.map(MapMode.READ_WRITE, offset, bytes);
  }

  private static String needs(RingGeometry g) {
    return "capacity "
        + g.capacity()
        + " of "
        + g.strideBytes()
        + " bytes a slot: the host device needs "
        + g.vramBytes();
  }

  private static long statesBytes(RingGeometry g) {
    long page = RingLayout.PAGE_BYTES;
    return ((long) g.capacity() * Long.BYTES + page - 1) / page * page;
  }

  private static long fileBytes(RingGeometry g) {
    return statesBytes(g) + (long) g.capacity() * g.strideBytes();
  }

  /** Every slot empty, at the start of the first lap. */
  private HostMemory cleared() {
    long lap = geometry.firstSequence() / geometry.capacity();
    if (lap > 0) { // else it is all zeros already
      long[] words = new long[geometry.capacity()];
      Arrays.fill(words, lap << RingLayout.LAP_SHIFT | RingLayout.EMPTY);
      writeStates(0, words);
    }
    return this;
  }

  @Override
  public String handle() {
    if (path == null) {
      throw new IllegalStateException("this memory was not made to be shared");
    }
    return path.toString();
  }

  @Override
  public void read(int area, long firstSequence, int count, int readsOffset) {
    int at = readsOffset;
    for (long sequence = firstSequence; sequence < firstSequence + count; sequence++) {
      reads.put(at, segment(sequence), offset(sequence), geometry.strideBytes());
      at += geometry.strideBytes();
    }
  }

  @Override
  public void awaitReads(int area) {}

  @Override
  public void readStates(long firstSequence, long[] words) {
    for (int i = 0; i < words.length; i++) {
      words[i] = Words.getAcquire(states, stateOffset(firstSequence + i));
    }
  }

  @Override
  public void writeStates(long firstSequence, long[] words) {
    for (int i = 0; i < words.length; i++) {
      Words.setOpaque(states, stateOffset(firstSequence + i), words[i]);
    }
  }

  @Override
  public void writeSlot(long sequence, ByteBuffer slot) {
    segment(sequence).put(offset(sequence), slot, 0, geometry.strideBytes());
  }

  /** Removes the file, if there is one. The memory goes with that of the queue's file. */
  @Override
  public void close() {
    if (own != null && closed.compareAndSet(false, true)) {
      own.remove();
    }
  }

  ByteBuffer states() {
    return states;
  }

  int stateOffset(long sequence) {
    return (int) (sequence & slotMask) * Long.BYTES;
  }

  /** The segment that a sequence's slot lies in, and {@link #offset} there. */
  ByteBuffer segment(long sequence) {
    return segments[index(sequence)];
  }

  int index(long sequence) {
    return (int) ((sequence & slotMask) >> segmentShift);
  }

  int offset(long sequence) {
    return (int) (sequence & (1L << segmentShift) - 1) * geometry.strideBytes();
  }

  int segmentCount() {
    return segments.length;
  }
}
