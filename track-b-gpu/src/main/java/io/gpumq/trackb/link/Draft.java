package io.gpumq.trackb.link;

import static io.gpumq.kernels.LinkLayout.OP_CARRY;
import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.SlotWords;
import io.gpumq.trackb.layout.Words;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Entries that a producer's call has written into a chunk, one behind the other, as they are to lie
 * in the ring, the store and the window. They are nobody's until they are claimed; the call may end
 * before that, and nothing is left of them. For one thread at a time, used again by each call.
 */
public final class Draft {
  private static final int FIRST_SIZE = 64;

  private final Ring ring;
  private final ByteBuffer ingress;
  private final int largestPayload;
  private final int resultBytes;
  private final int resultUnits;

  /** The chunk of the call under way; between calls the one to begin with. */
  private Chunk chunk;

  private int count;
  private int[] lengths = new int[FIRST_SIZE];
  private boolean[] keyed = new boolean[FIRST_SIZE];

  /** Where the next entry goes, in bytes from the start of the ingress memory. */
  private int at;

  /** So many entries are claimed, from the first on; the next one begins there. */
  private int claimed;

  private int claimedAt;

  /**
   * @param largestPayload in bytes; a keyed entry of it fits into a chunk
   */
  public Draft(Ring ring, int largestPayload) {
    this.ring = ring;
    this.ingress = ring.ingress();
    this.largestPayload = largestPayload;
    this.resultBytes = ring.shape().resultBytes();
    this.resultUnits = EntryHeader.units(resultBytes);
  }

  /** Begins with nothing; returns false if the ring has no chunk free for an entry. */
  public boolean begin() {
    Chunk free = ring.chunks().take(chunk, mostBytes());
    if (free == null) {
      return false;
    }
    chunk = free;
    at = free.at();
    count = 0;
    claimed = 0;
    claimedAt = at;
    return true;
  }

  /** What the longest entry takes. */
  private int mostBytes() {
    return (2 + EntryHeader.units(largestPayload) + resultUnits) * UNIT;
  }

  /** Whether one more entry has room in the chunk, however long. */
  public boolean hasRoom() {
    return chunk.room() - (at - chunk.at()) >= mostBytes();
  }

  /**
   * Writes an entry.
   *
   * @param payload from its position to its limit, which stay as they are
   */
  public void add(ByteBuffer payload, long sentMillis) {
    int length = payload.remaining();
    ingress.put(at + UNIT, payload, payload.position(), length);
    describe(length, false, sentMillis);
  }

  /** Writes an entry that has a key. */
  public void add(ByteBuffer payload, long sentMillis, long key) {
    int length = payload.remaining();
    Words.set(ingress, at + UNIT, key);
    Words.set(ingress, at + UNIT + Long.BYTES, 0);
    ingress.put(at + 2 * UNIT, payload, payload.position(), length);
    describe(length, true, sentMillis);
  }

  /**
   * Where the payload of the next entry may be written: from 0 to the largest payload, big endian,
   * whatever was set of it when it was written last.
   */
  public ByteBuffer payload() {
    ByteBuffer view = chunk.view(ingress, at + UNIT);
    return view.clear().limit(largestPayload).order(ByteOrder.BIG_ENDIAN);
  }

  /** Adds the entry whose payload was written to {@link #payload()}. */
  public void add(int length, long sentMillis) {
    describe(length, false, sentMillis);
  }

  /** Writes the header as it will nearly always stay: handled at the first try. */
  private void describe(int length, boolean hasKey, long sentMillis) {
    Words.set(ingress, at, EntryHeader.handled(length, hasKey, resultBytes));
    Words.set(ingress, at + Long.BYTES, EntryHeader.id(sentMillis, 0));
    if (count == lengths.length) {
      lengths = Arrays.copyOf(lengths, 2 * count);
      keyed = Arrays.copyOf(keyed, 2 * count);
    }
    lengths[count] = length;
    keyed[count] = hasKey;
    at += units(count++) * UNIT;
  }

  /** Entries that were written. */
  public int count() {
    return count;
  }

  /** Bytes of their payloads. */
  public long payloadBytes() {
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      bytes += lengths[i];
    }
    return bytes;
  }

  /** Entries of those that are claimed. */
  public int claimed() {
    return claimed;
  }

  /** Units that an entry takes: header, extensions, payload, room for the result. */
  public int units(int index) {
    return 1 + extensions(index) + EntryHeader.units(lengths[index]) + resultUnits;
  }

  private int extensions(int index) {
    return keyed[index] ? 1 : 0;
  }

  /**
   * Claims slots for the next entries, as one run, describes and publishes them. Under the lock
   * that orders the queue's entries.
   *
   * @param owner is told what becomes of them
   * @param sequence of the first, in its queue
   * @param most how many at most, which follow each other in the store
   * @param place of the first there, in units
   * @param isNear whether a reader is so near that they should go to the window
   * @param isAwaited whether it is so near that one alone should take the express
   * @return how many there were slots for
   */
  public int claim(
      Carried owner, long sequence, int most, long place, boolean isNear, boolean isAwaited) {
    int some = Math.min(most, ring.size());
    long first = ring.tryClaim(some);
    if (first == Ring.FULL) {
      some = Math.min(some, ring.room());
      first = some < 1 ? Ring.FULL : ring.tryClaim(some);
    }
    if (first == Ring.FULL) {
      return 0;
    }
    boolean push = isNear && chunk.isPushed();
    int unit = claimedAt / UNIT;
    boolean alone = some == 1 && isAwaited;
    long end = place;
    for (int i = 0; i < some; i++) {
      end = describe(first + i, end, push, alone);
    }
    int units = (int) (end - place);
    ring.run(first).set(first, owner, sequence, some, place, chunk, unit, units, push);
    chunk.fill(claimedAt, first + some);
    ring.publish(first, some);
    return some;
  }

  /** Describes the next entry to the device; returns where the one behind it goes in the store. */
  private long describe(long sequence, long place, boolean push, boolean alone) {
    int length = lengths[claimed];
    int extensions = extensions(claimed);
    long where = SlotWords.where(sequence, place, claimedAt / UNIT, extensions);
    ring.describe(sequence, SlotWords.what(sequence, OP_CARRY, push, length), where);
    if (alone) {
      ring.offerExpress(sequence, where, claimedAt, (1 + extensions) * UNIT + length);
    }
    int units = units(claimed++);
    claimedAt += units * UNIT;
    return place + units;
  }

  /** Ends the call: what was not claimed is nothing. */
  public void end() {
    ring.chunks().leave(chunk);
  }
}
