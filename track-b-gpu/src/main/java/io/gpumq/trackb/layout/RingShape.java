package io.gpumq.trackb.layout;

import static io.gpumq.kernels.LinkLayout.CELL_BYTES;
import static io.gpumq.kernels.LinkLayout.CELL_PAYLOAD;
import static io.gpumq.kernels.LinkLayout.EMPTY;
import static io.gpumq.kernels.LinkLayout.EXPRESS_PAYLOAD;
import static io.gpumq.kernels.LinkLayout.MIRROR_BYTES;
import static io.gpumq.kernels.LinkLayout.MOST_LENGTH;
import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.kernels.HandlerSpec;
import java.util.Arrays;

/**
 * The sizes of a ring, and where its words lie in the arena. Counts of slots are powers of two.
 *
 * @param slots messages that it carries at once
 * @param chunkBytes of a chunk of the ingress memory, and of the window
 * @param chunks that each of these has
 * @param ticketSlots sequences that a warp takes at once
 * @param maxTries runs of the handler before a message is given up
 * @param largestPayload that goes through it, in bytes
 * @param resultBytes a handler's result
 * @param statesPlace where the words begin that the device keeps for itself, in units: a state for
 *     each slot, then the mirror
 * @param lanes of the queue that it was opened for, each with a ring: a device shares itself out
 */
public record RingShape(
    int slots,
    int chunkBytes,
    int chunks,
    int ticketSlots,
    int maxTries,
    int largestPayload,
    int resultBytes,
    long statesPlace,
    int lanes) {
  /** What fits into the pinned rings must stay in the processor's cache: some 1 MB. */
  private static final int CHUNK_BYTES = 32 << 10;

  private static final int CHUNKS = 32;

  /** Chunks that have room for two of the largest payloads that warps carry. */
  private static final int SOME_CHUNKS = 15;

  /** The same for rings of large payloads, which carry mostly headings. */
  private static final int FEW_CHUNKS = 8;

  /** The largest payload of the smallest class: each has four times that of the one before. */
  private static final int SMALL_PAYLOAD = 512;

  /** Up to this a chunk has room for several. */
  private static final int MEDIUM_PAYLOAD = 8 << 10;

  /** Chunks of a ring for reads that keep long runs; what is left is for single reads. */
  public static final int READ_AREAS = 24;

  private static final int READ_CHUNKS = 32;

  /** Chunks of a ring for reads that dead letters are written into. */
  private static final int LETTER_CHUNKS = 2;

  /** So much is on its way while a reader looks at as much. */
  private static final int READ_CHUNK_BYTES = 256 << 10;

  /**
   * Messages that come while a warp is at work on their ticket wait for it. Those of later tickets
   * are carried beside it. So tickets of the smallest class have no more than this.
   */
  private static final int SMALL_TICKET = 8;

  /** The same for longer payloads. */
  private static final int TICKET = 4;

  /**
   * A handler that takes one lane a message works on a whole warp's at once, in the time of one: so
   * its tickets have as many, up to so many bytes.
   */
  private static final int MOST_TICKET_BYTES = 64 << 10;

  /** Lanes of a warp, which are its threads. */
  public static final int WARP_LANES = 32;

  /** A warp that is at work on more of a long run keeps its reader waiting. */
  private static final int READ_TICKET = 8;

  /**
   * The largest payload that warps carry, in bytes: beyond, the copy engine is the quicker way.
   * What is larger goes to its place before it is published.
   */
  public static final int LARGEST_PAYLOAD = 64 << 10;

  /**
   * The largest payload of the rings that carry payloads up to a size: these have the same shape.
   */
  public static int sizeClass(int largestPayload) {
    if (largestPayload > MOST_LENGTH) {
      throw new IllegalArgumentException(
          "payload of " + largestPayload + " bytes: must be at most " + MOST_LENGTH);
    }
    if (largestPayload > LARGEST_PAYLOAD) {
      return MOST_LENGTH;
    }
    int size = SMALL_PAYLOAD;
    while (size < largestPayload) {
      size *= 4;
    }
    return size <= MEDIUM_PAYLOAD ? size : LARGEST_PAYLOAD;
  }

  /**
   * The shape of a ring for payloads up to a size.
   *
   * @param statesPlace has room for {@link #deviceBytes()}
   */
  public static RingShape of(
      int largestPayload, HandlerSpec handler, int maxTries, long statesPlace, int lanes) {
    int results = handler.resultBytes();
    int payload = Math.min(sizeClass(largestPayload), LARGEST_PAYLOAD);
    if (payload <= MEDIUM_PAYLOAD) {
      int ticket = ticket(payload, handler.lanes());
      return new RingShape(
          8192, CHUNK_BYTES, CHUNKS, ticket, maxTries, payload, results, statesPlace, lanes);
    }
    int chunk = 2 * (payload + 3 * UNIT + EntryHeader.units(results) * UNIT);
    int chunks = sizeClass(largestPayload) > LARGEST_PAYLOAD ? FEW_CHUNKS : SOME_CHUNKS;
    return new RingShape(1024, chunk, chunks, 1, maxTries, payload, results, statesPlace, lanes);
  }

  private static int ticket(int payload, int lanesOfMessage) {
    int atOnce = Math.min(WARP_LANES / lanesOfMessage, MOST_TICKET_BYTES / payload);
    return Math.max(payload == SMALL_PAYLOAD ? SMALL_TICKET : TICKET, atOnce);
  }

  /**
   * The shape of a ring that carries reads, and dead letters, whose payloads need no room in it.
   *
   * @param statesPlace as {@link #of}
   */
  public static RingShape ofReads(long statesPlace) {
    return new RingShape(
        4096, READ_CHUNK_BYTES, READ_CHUNKS, READ_TICKET, 1, MEDIUM_PAYLOAD, 0, statesPlace, 1);
  }

  /** No ring that carries messages has chunks as long. */
  private boolean isForReads() {
    return chunkBytes == READ_CHUNK_BYTES;
  }

  /** Bytes that the device keeps in the arena for itself. */
  public int deviceBytes() {
    return slots * Long.BYTES + MIRROR_BYTES;
  }

  /** The words of a ring that nobody has worked on: every slot empty, in the first lap. */
  public long[] emptyStates() {
    long[] states = new long[slots];
    Arrays.fill(states, EMPTY);
    return states;
  }

  /** Where the mirror lies in the arena, in units. */
  public long mirrorPlace() {
    return statesPlace + (long) slots * Long.BYTES / UNIT;
  }

  /** The window. */
  public int windowBytes() {
    return chunks * chunkBytes;
  }

  /** Chunks that have ingress memory: the first ones. The others are read into. */
  public int ingressChunks() {
    return isForReads() ? LETTER_CHUNKS : chunks;
  }

  /** The ingress memory. */
  public int ingressBytes() {
    return ingressChunks() * chunkBytes;
  }

  /** An express slot: the longest text that goes by it, and its result. */
  public int expressBytes() {
    int text = Long.BYTES + 3 * UNIT + Math.min(largestPayload, EXPRESS_PAYLOAD);
    return ((cells(text) + cells(resultBytes)) * CELL_BYTES + 127) / 128 * 128;
  }

  /** Express cells that so many bytes fill. */
  public static int cells(int bytes) {
    return (bytes + CELL_PAYLOAD - 1) / CELL_PAYLOAD;
  }
}
