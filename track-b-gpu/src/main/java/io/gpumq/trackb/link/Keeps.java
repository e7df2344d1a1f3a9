package io.gpumq.trackb.link;

import static io.gpumq.kernels.LinkLayout.OP_KEEP;
import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.trackb.layout.SlotWords;
import io.gpumq.trackb.layout.Words;
import java.nio.ByteBuffer;

/**
 * Writes headings into the arena, and behind each what lies elsewhere in the arena: many at once,
 * by KEEP, which recovery does again where a device died of something else meanwhile. Whose bytes
 * they are keeps them until all have landed. One thread at a time asks; any may look.
 */
public final class Keeps implements Carried {
  private final Ring ring;
  private Chunk chunk;

  /** What was asked for so far. Written before it is published. */
  private volatile long asked;

  /** What has landed of it. Written by whoever asks the ring how far it is, as is the next. */
  private volatile long landed;

  private volatile boolean hasFailed;

  public Keeps(Ring ring) {
    this.ring = ring;
  }

  /**
   * Asks for one; waits for nothing.
   *
   * @param heading 1 to 4 units
   * @param place where it goes, in units
   * @param source where the bytes lie that go behind it, in units
   * @param units how many these are, 0 for none
   * @return whether there was room for it in the ring: else ask again, later
   */
  public boolean ask(ByteBuffer heading, long place, long source, int units) {
    int bytes = heading.capacity();
    chunk = ring.chunks().take(chunk, UNIT + bytes);
    if (chunk == null) {
      ring.advance();
      return false;
    }
    ring.makeRoom(1);
    long slot = ring.tryClaim(1);
    if (slot != Ring.FULL) {
      write(heading, source);
      publish(slot, place, bytes / UNIT, units);
    }
    ring.chunks().leave(chunk);
    return slot != Ring.FULL;
  }

  /** Before the heading a unit says where the bytes lie, and that nothing goes behind those. */
  private void write(ByteBuffer heading, long source) {
    int at = chunk.at();
    Words.set(ring.ingress(), at, source);
    Words.set(ring.ingress(), at + Long.BYTES, 0);
    ring.ingress().put(at + UNIT, heading, 0, heading.capacity());
  }

  private void publish(long slot, long place, int heading, int units) {
    int unit = chunk.at() / UNIT + 1;
    ring.describe(
        slot,
        SlotWords.what(slot, OP_KEEP, false, units * UNIT),
        SlotWords.where(slot, place, unit, heading - 1));
    ring.run(slot).set(slot, this, asked, 1, place, chunk, unit, heading, false);
    asked++;
    chunk.fill((unit + heading) * UNIT, slot + 1);
    ring.publish(slot, 1);
  }

  /** Whether all that was asked for has landed, as far as this can tell now; waits for nothing. */
  public boolean hasLanded() {
    if (landed < asked) {
      ring.advance();
    }
    return landed == asked;
  }

  /** Whether the device has given one up since the last time that this was asked. */
  public boolean tellFailure() {
    boolean failed = hasFailed;
    hasFailed = false;
    return failed;
  }

  @Override
  public void completed(Run run, int first, int count, boolean hasLanded) {
    landed = run.sequence() + first + count;
  }

  @Override
  public void failed(Run run, int index, long word) {
    hasFailed = true; // before it counts as landed
    landed = run.sequence() + index + 1;
  }

  @Override
  public void landed(Run run) {}

  @Override
  public String describe(long number) {
    return "a move of the cleaner";
  }
}
