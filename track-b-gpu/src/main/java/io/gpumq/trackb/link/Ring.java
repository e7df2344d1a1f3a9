package io.gpumq.trackb.link;

import static io.gpumq.kernels.LinkLayout.DESCRIPTOR_BYTES;
import static io.gpumq.kernels.LinkLayout.EXPRESS_PAYLOAD;
import static io.gpumq.kernels.LinkLayout.EXPRESS_SLOTS;
import static io.gpumq.kernels.LinkLayout.OP_CARRY;
import static io.gpumq.kernels.LinkLayout.OP_READ;
import static io.gpumq.kernels.LinkLayout.READ_UNITS;
import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.layout.SlotWords;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.HostSide;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/**
 * The host's side of a ring: takes entries from the lanes that share it, and tells them what became
 * of each. Safe for use by many threads.
 *
 * <p>A producer's call takes a chunk, writes entries there, claims slots for them, describes and
 * publishes these, and leaves the chunk. Its lane's lock lies around claim and description, so that
 * entries of a lane have the same order in the ring as in their queue.
 */
public final class Ring implements HostSide {
  /** What {@link #tryClaim} answers when there is no room. */
  static final long FULL = Slots.FULL;

  /** Messages under way at most when one more is offered to the express. */
  private static final int EXPRESS_DEPTH = 2;

  private static final int MOST_EXPRESS_BYTES = EXPRESS_PAYLOAD + 3 * UNIT;

  private final RingShape shape;
  private final int mask;
  private final ByteBuffer descriptors;
  private final ByteBuffer ingress;
  private final Slots slots;
  private final Chunks chunks;
  private final Chunks readChunks;
  private final Completions completions;
  private final Express express;
  private final boolean offersExpress;
  private final boolean isInOrder;

  /** Why messages were condemned, by sequence. */
  private final Map<Long, String> verdicts = new ConcurrentHashMap<>();

  /**
   * @param offersExpress whether the device takes messages by express
   * @param isInOrder whether handlers run in the order of keys
   */
  public Ring(RingFile file, RingShape shape, boolean offersExpress, boolean isInOrder) {
    this.shape = shape;
    mask = shape.slots() - 1;
    this.offersExpress = offersExpress;
    this.isInOrder = isInOrder;
    descriptors = file.descriptors();
    ingress = file.ingress();
    express = new Express(file.express(), shape.expressBytes());
    completions = new Completions(file.completions(), shape.slots(), express);
    slots = new Slots(shape.slots(), new Control(file.control()), completions::landedSoFar);
    completions.of(slots);
    int some = shape.ingressChunks();
    chunks = new Chunks(shape, 0, some, completions::hasLandedTo);
    readChunks =
        some < shape.chunks()
            ? new Chunks(shape, some, shape.chunks(), completions::hasLandedTo)
            : chunks;
  }

  public RingShape shape() {
    return shape;
  }

  /** Returns the order of one lane's keys; {@code null} where handlers run in any. */
  public KeyOrder keyOrder() {
    return isInOrder ? new KeyOrder(completions::landedSoFar) : null;
  }

  /** The chunks that entries are written into. */
  Chunks chunks() {
    return chunks;
  }

  /** The chunks whose part of the window is read into. */
  Chunks readChunks() {
    return readChunks;
  }

  /**
   * Copies an entry that came by express, and its result, as they would lie in the store.
   *
   * @param slot its sequence in this ring
   * @param resultBytes of its handler
   * @return whether all of it is still there
   */
  public boolean copyExpress(long slot, int resultBytes, ByteBuffer memory, int at) {
    return express.copy(slot, resultBytes, memory, at) != Express.NONE;
  }

  /** Units of the window. */
  public int windowUnits() {
    return shape.windowBytes() / UNIT;
  }

  /** The memory that chunks are pieces of. */
  public ByteBuffer ingress() {
    return ingress;
  }

  Express express() {
    return express;
  }

  Completions completions() {
    return completions;
  }

  /** Looks how far the device is, where that has to be known for so many slots to be claimed. */
  public void makeRoom(int count) {
    if (slots.room() < count) {
      completions.advance();
    }
  }

  /**
   * Claims the next slots: they must be described and published at once.
   *
   * @param count 1 to {@link #size()}
   * @return the first one's sequence in this ring, or {@link #FULL}
   */
  long tryClaim(int count) {
    return slots.tryClaim(count);
  }

  /** What begins at a claimed sequence: to be set by its claimer. */
  Run run(long sequence) {
    return slots.run(sequence);
  }

  /** Describes a claimed slot. In plain order: the release of the head covers it. */
  void describe(long sequence, long what, long where) {
    int at = (int) (sequence & mask) * DESCRIPTOR_BYTES;
    Words.set(descriptors, at, what);
    Words.set(descriptors, at + Long.BYTES, where);
  }

  /**
   * Describes claimed slots whose entries are alike and lie one behind the other, in the ingress
   * memory and in the store.
   *
   * @param place of the first in the store, in units
   * @param unit of the first in the ingress memory
   * @param each units that one takes
   */
  void describeAlike(
      long first,
      int count,
      boolean push,
      int length,
      int extensions,
      long place,
      int unit,
      int each) {
    for (int i = 0; i < count; i++) {
      long where = SlotWords.where(first + i, place + (long) i * each, unit + i * each, extensions);
      describe(first + i, SlotWords.what(first + i, OP_CARRY, push, length), where);
    }
  }

  /**
   * Describes a claimed slot that is a read.
   *
   * @param place of what is read, in units
   * @param unit of the window that it goes to, a multiple of {@link
   *     io.gpumq.kernels.LinkLayout#READ_UNITS}
   * @return the second word
   */
  long describeRead(long sequence, long place, int unit, int bytes) {
    long where = SlotWords.where(sequence, place, unit / READ_UNITS, 0);
    describe(sequence, SlotWords.what(sequence, OP_READ, true, bytes), where);
    return where;
  }

  /**
   * Offers a message to the express, before it is published, if it finds the ring nearly empty: one
   * at a time goes that way, and what comes faster is carried together in less.
   *
   * @param at where its header begins in the ingress memory, in bytes
   * @param bytes header, extensions and payload
   */
  void offerExpress(long sequence, long where, int at, int bytes) {
    if (isQuick(sequence) && bytes <= MOST_EXPRESS_BYTES) {
      express.offer(sequence, where, ingress, at, bytes);
    }
  }

  /** {@link #offerExpress} for a read of so many bytes. */
  void offerRead(long sequence, long where, int bytes) {
    if (isQuick(sequence) && express.fits(Long.BYTES + bytes)) {
      express.offerRead(sequence, where | OP_READ, bytes);
    }
  }

  /** Whether the ring is so empty that the express is the quicker way for the next message. */
  public boolean isQuick() {
    return isQuick(slots.claimed());
  }

  private boolean isQuick(long sequence) {
    return offersExpress
        && sequence - completions.completed() < EXPRESS_DEPTH
        && completions.landedSoFar() > sequence - EXPRESS_SLOTS;
  }

  /** Publishes claimed and described slots. */
  void publish(long first, int count) {
    slots.publish(first, first + count - 1);
  }

  /** How many of so many slots could be claimed now; looks no further than it must to tell. */
  int slots(int most) {
    if (slots.has(most)) {
      return most;
    }
    completions.advance();
    return Math.min(most, slots.room());
  }

  /** Slots that could be claimed now, perhaps by another. */
  int room() {
    return slots.room();
  }

  /** Whether nothing is under way: all that was ever claimed has landed. */
  public boolean isIdle() {
    return completions.landed() == slots.claimed();
  }

  /** Looks at nothing, and waits for nobody. */
  @Override
  public long landed() {
    return completions.landedSoFar();
  }

  @Override
  public void condemned(long sequence, String why) {
    verdicts.put(sequence, why);
  }

  /**
   * What a message was condemned for, or {@code null}. Asked once.
   *
   * @param slot its sequence in this ring
   */
  public String verdict(long slot) {
    return verdicts.remove(slot);
  }

  /** Every slot below is completed, as far as this can tell now. Waits for nothing. */
  public long completed() {
    return completions.advance();
  }

  /** As {@link Chunks#end}: nothing is written to be sent any more. */
  public void endWriting(Runnable hold, Runnable letGo) {
    chunks.end(hold, letGo);
  }

  /** Whether something is being written to be sent. */
  public boolean isWritten() {
    return chunks.areSomeTaken();
  }

  /** Takes the refuges of its chunks, once nobody writes there any more. */
  public void takeRefuges(LongConsumer taker) {
    chunks.takeRefuges(taker);
  }

  /** What stands at a sequence that is published and not completed, in words. */
  public String describe(long sequence) {
    return completions.describe(sequence);
  }

  /**
   * When an entry was sent that is published and not completed, in milliseconds since 1970: when
   * the first was that was claimed together with it. -1 if there is no such entry.
   *
   * @param owner whose it is
   * @param sequence in its queue
   */
  public long sentMillis(Carried owner, long sequence) {
    return completions.askRunOf(owner, sequence, this::sentMillis);
  }

  /** A chunk keeps its headers until all in it has landed. */
  private long sentMillis(Run run) {
    return EntryHeader.millis(Words.get(ingress, run.unit() * UNIT + Long.BYTES));
  }

  /** Whether a message of some length may find room, as far as can be told without waiting. */
  public boolean hasRoom(int bytes) {
    completions.advance();
    return slots.room() > 0 && chunks.hasRoom(bytes);
  }

  /** Slots. */
  public int size() {
    return slots.size();
  }

  /** Tells owners how far the device is, as far as this can tell now. Waits for nothing. */
  public void advance() {
    completions.advance();
  }
}
