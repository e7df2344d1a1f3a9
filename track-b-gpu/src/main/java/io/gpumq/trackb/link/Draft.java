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
  /** Stands for no {@link #refuge()}. */
  public static final long NO_REFUGE = -1;

  private static final int FIRST_SIZE = 64;

  /** A longer payload is quicker written in its place, whatever that costs. */
  private static final int MOST_COPIED = 2 << 10;

  private final Ring ring;
  private final ByteBuffer ingress;
  private final int largestPayload;
  private final int resultBytes;
  private final int resultUnits;

  /** What the longest entry takes. */
  private final int mostBytes;

  /** The chunk of the call under way; between calls the one to begin with. */
  private Chunk chunk;

  // What was written: the first words of the entries' headers, which a writer that still has its
  // buffer cannot reach here, and where the next one goes, in bytes of the ingress memory.
  private long[] headers = new long[FIRST_SIZE];
  private int count;
  private int at;

  /** Whether all have the same header: nearly always, and then much of them is the same. */
  private boolean areAlike;

  /** Whether the entries of the call before were not alike, or not like those before them. */
  private boolean areMixed;

  /** The last header of the call before. */
  private long lastHeader;

  /** Whether the payload that is being written is to be copied to its place. */
  private boolean isCopied;

  /** Where it may be written to, in bytes of the ingress memory. */
  private int end;

  // What is claimed of it: how many entries, and where the next one begins.
  private int claimed;
  private int claimedAt;

  // The run that is being claimed.
  private long runFirst;
  private int runCount;
  private long runBytes;
  private boolean isPushed;
  private boolean isAlone;

  /**
   * @param largestPayload in bytes; a keyed entry of it fits into a chunk
   */
  public Draft(Ring ring, int largestPayload) {
    this.ring = ring;
    this.ingress = ring.ingress();
    this.largestPayload = largestPayload;
    this.resultBytes = ring.shape().resultBytes();
    this.resultUnits = EntryHeader.units(resultBytes);
    this.mostBytes = mostUnits(largestPayload, resultBytes) * UNIT;
  }

  /** Units that an entry of the largest payload takes, with a key. */
  public static int mostUnits(int largestPayload, int resultBytes) {
    return 2 + EntryHeader.units(largestPayload) + EntryHeader.units(resultBytes);
  }

  /** Begins with nothing; returns false if the ring has no chunk free for an entry. */
  public boolean begin() {
    Chunk free = ring.chunks().take(chunk, mostBytes);
    if (free == null) {
      return false;
    }
    noteMixed();
    chunk = free;
    at = free.at();
    end = free.end();
    count = 0;
    areAlike = true;
    claimed = 0;
    claimedAt = at;
    return true;
  }

  private void noteMixed() {
    if (count > 0) {
      areMixed = !areAlike || headers[0] != lastHeader;
      lastHeader = headers[count - 1];
    }
  }

  /** {@link #begin} for a writer of users, who may take its time: nobody waits for it then. */
  public boolean beginForWriter() {
    boolean begins = begin();
    if (begins) {
      chunk.lend();
    }
    return begins;
  }

  /** Whether one more entry has room, however long. */
  public boolean hasRoom() {
    return end - at >= mostBytes;
  }

  /** Units that may still be written. */
  public int roomUnits() {
    return (end - at) / UNIT;
  }

  /** Units that the longest entry takes. */
  public int mostUnits() {
    return mostBytes / UNIT;
  }

  /** Lets no more units be written than these. */
  public void limit(int units) {
    end = Math.min(end, at + units * UNIT);
  }

  /** How many of so many slots could be claimed now, perhaps by another. Under no lock. */
  public int slots(int most) {
    return ring.slots(most);
  }

  /**
   * A place of the store that the chunk has for what is written to it, where there is no room
   * elsewhere when it is claimed, or {@link #NO_REFUGE}. The next call has it, if this does not use
   * it.
   */
  public long refuge() {
    return chunk.refuge();
  }

  /** Gives the chunk a refuge, or none. */
  public void refuge(long place) {
    chunk.refuge(place);
  }

  /**
   * Writes an entry.
   *
   * @param payload from its position to its limit, which stay as they are
   */
  public void add(ByteBuffer payload, long sentMillis) {
    int length = payload.remaining();
    ingress.put(at + UNIT, payload, payload.position(), length);
    finish(length, false, sentMillis);
  }

  /** Writes an entry that has a key. */
  public void add(ByteBuffer payload, long sentMillis, long key) {
    int length = payload.remaining();
    Words.set(ingress, at + UNIT, key);
    Words.set(ingress, at + UNIT + Long.BYTES, 0);
    ingress.put(at + 2 * UNIT, payload, payload.position(), length);
    finish(length, true, sentMillis);
  }

  /**
   * Where the payload of the next entry may be written: from 0 to the largest payload, big endian,
   * whatever was set of it when it was written last.
   *
   * <p>That is in its place, but where sizes are mixed: entries begin anywhere then, the chunks
   * have as many views as places, and to come by one takes longer than to copy a payload.
   */
  public ByteBuffer payload() {
    isCopied = areMixed && largestPayload <= MOST_COPIED;
    ByteBuffer view = isCopied ? chunk.sheet(MOST_COPIED) : chunk.view(ingress, at + UNIT);
    return view.clear().limit(largestPayload).order(ByteOrder.BIG_ENDIAN);
  }

  /** Adds the entry whose payload was written to {@link #payload()}. */
  public void add(int length, long sentMillis) {
    if (isCopied) {
      ingress.put(at + UNIT, chunk.sheet(MOST_COPIED), 0, length);
    }
    finish(length, false, sentMillis);
  }

  /** Writes the header as it will nearly always stay: handled at the first try. */
  private void finish(int length, boolean hasKey, long sentMillis) {
    long header = EntryHeader.handled(length, hasKey, resultBytes);
    Words.set(ingress, at, header);
    Words.set(ingress, at + Long.BYTES, EntryHeader.id(sentMillis, 0));
    if (count == headers.length) {
      headers = Arrays.copyOf(headers, 2 * count);
    }
    areAlike &= count == 0 || header == headers[0];
    headers[count++] = header;
    at += units(header) * UNIT;
  }

  /** Units that an entry takes: header, extensions, payload, room for the result. */
  private int units(long header) {
    return 1
        + EntryHeader.extensions(header)
        + EntryHeader.units(EntryHeader.length(header))
        + resultUnits;
  }

  /** Entries that were written. */
  public int count() {
    return count;
  }

  /** Entries of those that are claimed. */
  public int claimed() {
    return claimed;
  }

  /** Entries that are not. */
  public int unclaimed() {
    return count - claimed;
  }

  /** Units that these take. */
  public int unclaimedUnits() {
    return (at - claimedAt) / UNIT;
  }

  /** Units that the first of these takes. */
  public int nextUnits() {
    return units(headers[claimed]);
  }

  /**
   * Claims slots for the next entries, as one run, which is to be published at once. Under the lock
   * that orders the queue's entries.
   *
   * @param most how many at most
   * @param room units that the store has for them, one behind the other
   * @param isNear whether a reader is so near that they should go to the window
   * @param isAwaited whether it is so near that one alone should take the express
   * @return how many there were slots and room for
   */
  public int claim(int most, int room, boolean isNear, boolean isAwaited) {
    int fitting = fitting(most, room);
    runCount = Math.min(fitting, ring.size());
    runFirst = ring.tryClaim(runCount);
    if (runFirst == Ring.FULL) {
      runCount = Math.min(fitting, ring.room());
      runFirst = runCount > 0 ? ring.tryClaim(runCount) : Ring.FULL;
    }
    if (runFirst == Ring.FULL) {
      return 0;
    }
    isPushed = isNear && chunk.isPushed();
    isAlone = runCount == 1 && isAwaited;
    return runCount;
  }

  /** How many of the next entries have room in so many units. */
  private int fitting(int most, int room) {
    if (areAlike) {
      return Math.min(most, room / nextUnits());
    }
    int fit = 0;
    for (int left = room; fit < most && (left -= units(headers[claimed + fit])) >= 0; ) {
      fit++;
    }
    return fit;
  }

  /** Whether all entries of the run take the same. */
  public boolean isRunAlike() {
    return areAlike;
  }

  /** Units that an entry of the run takes. */
  public int runUnits(int index) {
    return units(headers[claimed + index]);
  }

  /**
   * Describes the run to the device, and publishes it.
   *
   * @param owner is told what becomes of it
   * @param sequence of its first entry, in its queue
   * @param place of the first in the store, in units: the others follow it
   * @param order of keys, or {@code null}
   */
  public void publish(Carried owner, long sequence, long place, KeyOrder order) {
    if (order != null) {
      noteIn(order);
    }
    int start = claimedAt / UNIT;
    int units = areAlike ? describeAlike(place, start) : describeEach(place, start);
    ring.run(runFirst)
        .set(runFirst, owner, sequence, runCount, place, chunk, start, units, isPushed);
    claimed += runCount;
    claimedAt += units * UNIT;
    chunk.fill(claimedAt, runFirst + runCount);
    ring.publish(runFirst, runCount);
  }

  /** Writes what each entry of the run comes after. */
  private void noteIn(KeyOrder order) {
    int entry = claimedAt;
    for (int i = 0; i < runCount; i++) {
      long header = headers[claimed + i];
      if (EntryHeader.hasKey(header)) {
        long after = order.note(Words.get(ingress, entry + UNIT), runFirst + i);
        Words.set(ingress, entry + UNIT + Long.BYTES, after);
        isAlone &= after == 0; // what comes by express waits for nothing
      }
      entry += units(header) * UNIT;
    }
  }

  /** Describes entries that differ in their place alone; returns the units of all. */
  private int describeAlike(long place, int start) {
    long header = headers[claimed];
    int length = EntryHeader.length(header);
    int extensions = EntryHeader.extensions(header);
    int each = units(header);
    if (isAlone) {
      describe(runFirst, header, place, start);
    } else {
      ring.describeAlike(runFirst, runCount, isPushed, length, extensions, place, start, each);
    }
    runBytes = (long) runCount * length;
    return runCount * each;
  }

  private int describeEach(long place, int start) {
    int unit = start;
    runBytes = 0;
    for (int i = 0; i < runCount; i++) {
      long header = headers[claimed + i];
      describe(runFirst + i, header, place + unit - start, unit);
      runBytes += EntryHeader.length(header);
      unit += units(header);
    }
    return unit - start;
  }

  private void describe(long slot, long header, long place, int unit) {
    int length = EntryHeader.length(header);
    int extensions = EntryHeader.extensions(header);
    long where = SlotWords.where(slot, place, unit, extensions);
    ring.describe(slot, SlotWords.what(slot, OP_CARRY, isPushed, length), where);
    if (isAlone) {
      ring.offerExpress(slot, where, unit * UNIT, (1 + extensions) * UNIT + length);
    }
  }

  /** Bytes of the run's payloads, once it is published. */
  public long runBytes() {
    return runBytes;
  }

  /** Ends the call: what was not claimed is nothing. */
  public void end() {
    ring.chunks().leave(chunk);
  }
}
