package io.gpumq.trackb.ring;

import io.gpumq.api.QueueConfig;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.RingLayout;

/**
 * The sizes of one queue's ring. Sizes are in bytes, all block sizes multiples of a page.
 *
 * @param lanes rings of the queue, of which this is one
 * @param capacity slots of the VRAM ring
 * @param ingressSlots slots of the ingress ring: the Disruptor's size
 * @param windowSlots slots of the egress window
 * @param slotBytes largest payload
 * @param resultBytes a handler's result; it lies {@code slotBytes} behind its payload
 * @param strideBytes a slot of the VRAM ring and of the window: payload, then result
 * @param chunkSlots sequences that a warp takes at once
 * @param maxTries runs of the handler before a message is given up
 * @param firstSequence where the queue starts: a multiple of the capacity
 */
public record RingGeometry(
    int lanes,
    int capacity,
    int ingressSlots,
    int windowSlots,
    int slotBytes,
    int resultBytes,
    int strideBytes,
    int chunkSlots,
    int maxTries,
    long firstSequence) {
  /** Areas that reads from VRAM land in: so many consumers can hold one at a time. */
  public static final int READ_AREAS = 16;

  /**
   * The pinned rings must stay in the processor's cache: 49 M msg/s of 256 bytes over a ring of 1
   * MB, 29 M over one of 16 MB.
   */
  private static final int RING_BYTES = 1 << 20;

  private static final int MAX_RING_SLOTS = 8192;
  private static final int MIN_RING_SLOTS = 256;

  /** What a warp takes at once should be about this much: enough to be worth its trip. */
  private static final int CHUNK_BYTES = 2048;

  private static final int WARP_LANES = 32;

  public static RingGeometry of(QueueConfig config, HandlerSpec handler, long firstSequence) {
    int capacity = config.capacity() / config.lanes();
    if (firstSequence % capacity != 0) {
      throw new IllegalArgumentException("firstSequence " + firstSequence + ": not a whole lap");
    }
    int slotBytes = config.slotBytes();
    int near =
        Integer.highestOneBit(
            Math.max(MIN_RING_SLOTS, Math.min(MAX_RING_SLOTS, RING_BYTES / slotBytes)));
    int ringSlots = Math.min(near, capacity);
    // As many messages as a warp handles at once, or copies at once, whichever is more.
    int messages = Math.max(CHUNK_BYTES / slotBytes, WARP_LANES / handler.lanes());
    int chunk = Integer.highestOneBit(Math.max(1, Math.min(WARP_LANES, messages)));
    return new RingGeometry(
        config.lanes(),
        capacity,
        ringSlots,
        ringSlots,
        slotBytes,
        handler.resultBytes(),
        slotBytes + (handler.resultBytes() + 15) / 16 * 16,
        Math.min(chunk, ringSlots),
        config.handlerAttempts(),
        firstSequence);
  }

  /** Returns a sequence of this ring in words: with lane and position where there are lanes. */
  public String describe(long sequence) {
    return lanes == 1 ? "sequence " + sequence : LanedQueue.describe(sequence);
  }

  /** One read area: a megabyte, or one slot where that is more. */
  public int readAreaBytes() {
    return Math.max(1 << 20, strideBytes);
  }

  /** Slots of one read area, a power of two: the most entries handed out at once. */
  public int readAreaSlots() {
    return Math.min(capacity, Integer.highestOneBit(readAreaBytes() / strideBytes));
  }

  /** The cell of an express slot where the result begins: behind the largest payload. */
  public int expressResultCell() {
    return Express.cells(Math.min(slotBytes, RingLayout.EXPRESS_PAYLOAD));
  }

  /** One express slot. */
  public int expressBytes() {
    int cells = expressResultCell() + RingLayout.EXPRESS_RESULT_CELLS;
    return (cells * RingLayout.CELL_BYTES + 127) / 128 * 128;
  }

  /** Bytes that the device must have for the VRAM ring. */
  public long vramBytes() {
    return (long) capacity * (strideBytes + Long.BYTES);
  }
}
