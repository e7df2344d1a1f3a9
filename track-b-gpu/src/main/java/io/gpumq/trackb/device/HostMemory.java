package io.gpumq.trackb.device;

import io.gpumq.api.ConfigException;
import io.gpumq.trackb.ring.RingGeometry;
import java.nio.ByteBuffer;

/**
 * What is VRAM on a GPU, in the process's own memory: slots and their state words. Segmented, since
 * a buffer ends at 2 GB.
 */
final class HostMemory {
  private static final int SEGMENT_BYTES = 1 << 29;

  private final ByteBuffer states;
  private final ByteBuffer[] segments;
  private final int segmentShift;
  private final int strideBytes;
  private final long slotMask;

  /**
   * @throws ConfigException if this process may not have as much
   */
  HostMemory(RingGeometry g) {
    strideBytes = g.strideBytes();
    slotMask = g.capacity() - 1;
    int slots = Math.min(g.capacity(), Integer.highestOneBit(SEGMENT_BYTES / strideBytes));
    segmentShift = Integer.numberOfTrailingZeros(slots);
    segments = new ByteBuffer[g.capacity() / slots];
    try {
      states = ByteBuffer.allocateDirect(g.capacity() * Long.BYTES);
      for (int i = 0; i < segments.length; i++) {
        segments[i] = ByteBuffer.allocateDirect(slots * strideBytes);
      }
    } catch (OutOfMemoryError e) {
      throw new ConfigException(
          "capacity "
              + g.capacity()
              + " of "
              + strideBytes
              + " bytes a slot: the host device needs "
              + g.vramBytes()
              + " bytes outside the heap, and this process has no room for them;"
              + " open a smaller queue, or raise -XX:MaxDirectMemorySize",
          e);
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
    return (int) (sequence & (1L << segmentShift) - 1) * strideBytes;
  }

  int segmentCount() {
    return segments.length;
  }
}
