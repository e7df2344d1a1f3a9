package io.gpumq.trackb.link;

import static io.gpumq.kernels.LinkLayout.DESCRIPTOR_BYTES;
import static io.gpumq.kernels.LinkLayout.READ_UNITS;
import static io.gpumq.kernels.LinkLayout.STATUS_FAILED;
import static io.gpumq.kernels.LinkLayout.STATUS_OK;
import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.trackb.layout.CompletionWord;
import io.gpumq.trackb.layout.Control;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.layout.SlotWords;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.memory.RingFile;
import java.nio.ByteBuffer;

/** A ring whose device is the test. */
public final class RingByHand implements AutoCloseable, Carried {
  private final RingShape shape;
  private final RingFile file;
  private final Draft draft;
  private long next;

  public final Ring ring;

  /** What the device sees of it, and shows. */
  public final Control control;

  final Cells cells;

  public RingByHand(RingShape shape, boolean offersExpress) {
    this.shape = shape;
    file = RingFile.create("by-hand", shape);
    control = new Control(file.control());
    cells = new Cells(file.express(), shape.expressBytes());
    ring = new Ring(file, shape, offersExpress, false);
    draft = new Draft(ring, shape.largestPayload());
  }

  RingFile file() {
    return file;
  }

  Fetch fetch() {
    return new Fetch(ring, file.window());
  }

  /** Sends so many messages at once, whose fate nobody hears of. */
  public void send(int count) {
    send(count, 8);
  }

  /** Sends messages of some length. */
  void send(int count, int length) {
    if (!draft.begin()) {
      throw new AssertionError("no chunk is free");
    }
    for (int i = 0; i < count; i++) {
      draft.add(ByteBuffer.allocate(length), 0);
    }
    if (draft.claim(count, Integer.MAX_VALUE, true, true) < count) {
      throw new AssertionError("no slot is free");
    }
    draft.publish(this, next, next, null); // any place will do
    next += count;
    draft.end();
  }

  long what(long sequence) {
    return Words.getAcquire(file.descriptors(), descriptor(sequence));
  }

  long where(long sequence) {
    return Words.getAcquire(file.descriptors(), descriptor(sequence) + Long.BYTES);
  }

  private int descriptor(long sequence) {
    return (int) (sequence & shape.slots() - 1) * DESCRIPTOR_BYTES;
  }

  /** Writes what a read asks for to where it wants it, as a device does. */
  void push(long sequence, byte[] bytes) {
    file.window().put(SlotWords.unit(where(sequence)) * READ_UNITS * UNIT, bytes);
  }

  /** Says that a slot's work is done, and lies in the window. */
  public void complete(long sequence) {
    complete(sequence, true);
  }

  public void complete(long sequence, boolean isPushed) {
    land(sequence, CompletionWord.of(sequence, STATUS_OK, isPushed, 1, 0));
  }

  /** Says that a message's handler failed; it lies in the window if it was to. */
  public void fail(long sequence) {
    boolean isPushed = SlotWords.isPushed(what(sequence));
    land(sequence, CompletionWord.of(sequence, STATUS_FAILED, isPushed, 1, 7));
  }

  private void land(long sequence, long word) {
    int at = (int) (sequence & shape.slots() - 1) * Long.BYTES;
    Words.setRelease(file.completions(), at, word);
  }

  @Override
  public void close() {
    file.close();
  }

  @Override
  public void completed(Run run, int first, int count, boolean landed) {}

  @Override
  public void failed(Run run, int index, long word) {}

  @Override
  public void landed(Run run) {}

  @Override
  public String describe(long sequence) {
    return "message " + sequence;
  }
}
