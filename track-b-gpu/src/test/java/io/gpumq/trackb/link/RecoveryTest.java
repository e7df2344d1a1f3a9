package io.gpumq.trackb.link;

import static io.gpumq.kernels.LinkLayout.DESCRIPTOR_BYTES;
import static io.gpumq.kernels.LinkLayout.DONE;
import static io.gpumq.kernels.LinkLayout.EMPTY;
import static io.gpumq.kernels.LinkLayout.INFLIGHT;
import static io.gpumq.kernels.LinkLayout.LAP_SHIFT;
import static io.gpumq.kernels.LinkLayout.OP_CARRY;
import static io.gpumq.kernels.LinkLayout.OP_KEEP;
import static io.gpumq.kernels.LinkLayout.OP_MOVE;
import static io.gpumq.kernels.LinkLayout.OP_READ;
import static io.gpumq.kernels.LinkLayout.READY;
import static io.gpumq.kernels.LinkLayout.STATUS_OK;
import static io.gpumq.kernels.LinkLayout.UNIT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.trackb.device.HostBackend;
import io.gpumq.trackb.layout.CompletionWord;
import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.layout.SlotWords;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.memory.RingFile;
import io.gpumq.trackb.spi.CopyEngine;
import io.gpumq.trackb.spi.Resume;
import io.gpumq.trackb.spi.Vram;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A ring as a device left it; the test is the device, and the producer. */
class RecoveryTest {
  private static final int SLOTS = 512;
  private static final int LENGTH = 40;
  private static final int RESULT_BYTES = 4;
  private static final int STATES_PLACE = 64;
  private static final int STORE_PLACE = 4096;
  private static final int VRAM_BYTES = 1 << 20;

  /** Not long before stamps come round: whose slot was never written would look completed. */
  private static final long FIRST = (1L << 32) - SLOTS - 300;

  private final RingShape shape =
      new RingShape(SLOTS, 8192, 8, 8, 3, 500, RESULT_BYTES, STATES_PLACE, 1);
  private final Vram vram = new HostBackend().allocate(VRAM_BYTES, false);
  private final RingFile file = RingFile.create("r", shape);
  private final Express express = new Express(file.express(), shape.expressBytes());
  private final Cells cells = new Cells(file.express(), shape.expressBytes());
  private final Random random = new Random(6);

  /** How far the host has seen. */
  private long landed = FIRST;

  private final Recovery recovery = new Recovery(file, shape, vram, () -> landed);

  @AfterEach
  void close() {
    vram.close();
    file.close();
  }

  private static int slot(long sequence) {
    return (int) (sequence & SLOTS - 1);
  }

  private static long place(long sequence) {
    return STORE_PLACE + slot(sequence) * 8L;
  }

  private static long where(long sequence) {
    return SlotWords.where(sequence, place(sequence), slot(sequence) * 8, 0);
  }

  private static long what(long sequence, int op) {
    return SlotWords.what(sequence, op, true, LENGTH);
  }

  private void publish(long sequence, int op) {
    int at = slot(sequence) * DESCRIPTOR_BYTES;
    Words.setOpaque(file.descriptors(), at, what(sequence, op));
    Words.setOpaque(file.descriptors(), at + Long.BYTES, where(sequence));
  }

  private void publish(long sequence) {
    publish(sequence, OP_CARRY);
  }

  private long what(long sequence) {
    return Words.getOpaque(file.descriptors(), slot(sequence) * DESCRIPTOR_BYTES);
  }

  private long whereNow(long sequence) {
    return Words.getOpaque(file.descriptors(), slot(sequence) * DESCRIPTOR_BYTES + Long.BYTES);
  }

  private void complete(long sequence) {
    state(sequence, DONE);
    Words.setRelease(
        file.completions(),
        slot(sequence) * Long.BYTES,
        CompletionWord.of(sequence, STATUS_OK, true, 1, 0));
  }

  private long completion(long sequence) {
    return Words.getAcquire(file.completions(), slot(sequence) * Long.BYTES);
  }

  private void state(long sequence, int state) {
    setState(sequence, word(sequence, state));
  }

  private void setState(long sequence, long word) {
    long[] pair = states(sequence);
    pair[slot(sequence) & 1] = word;
    vram.writeWords(pairPlace(sequence), pair);
  }

  /** A unit holds the words of two slots. */
  private long[] states(long sequence) {
    long[] pair = new long[2];
    vram.readWords(pairPlace(sequence), pair);
    return pair;
  }

  private static long pairPlace(long sequence) {
    return STATES_PLACE + slot(sequence) / 2;
  }

  private long stateOf(long sequence) {
    return states(sequence)[slot(sequence) & 1];
  }

  private static long word(long sequence, int state) {
    return sequence / SLOTS << LAP_SHIFT | state;
  }

  private void restoreAll() {
    recovery.remains().restore(sequence -> false);
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Offers an entry of {@link #LENGTH}; returns its text. */
  private byte[] offer(long sequence) {
    int bytes = UNIT + LENGTH;
    ByteBuffer entry = ByteBuffer.allocateDirect(2 * bytes).order(ByteOrder.LITTLE_ENDIAN);
    entry.put(0, bytes(bytes));
    express.offer(sequence, where(sequence), entry, 0, bytes);
    return cells.textIn(sequence, Long.BYTES + bytes);
  }

  private byte[] stored(long place, int count) {
    ByteBuffer memory = ByteBuffer.allocateDirect(count);
    CopyEngine engine = vram.copyEngine(memory);
    engine.await(engine.read(place, 0, count));
    byte[] bytes = new byte[count];
    memory.get(bytes);
    return bytes;
  }

  @Test
  void aRingThatNobodyWorkedOnStaysAsItIs() {
    publish(FIRST);
    assertEquals(List.of(), recovery.remains().suspects());
    long before = stateOf(FIRST);
    restoreAll();
    assertEquals(before, stateOf(FIRST));
    assertEquals(what(FIRST, OP_CARRY), what(FIRST));
    assertEquals(where(FIRST), whereNow(FIRST));
    assertEquals(new Resume(FIRST, FIRST, Resume.NEVER), recovery.resume(Resume.NEVER));
    assertEquals(FIRST, recovery.completed());
  }

  @Test
  void eachStateGoesWhereItBelongs() {
    long next = FIRST + 600; // in the second lap, over the edge of the stamps
    for (long sequence = FIRST; sequence < next; sequence++) {
      publish(sequence);
      complete(sequence);
    }
    landed = next;
    for (int i = 0; i < 6; i++) {
      publish(next + i);
    }
    state(next, INFLIGHT);
    complete(next + 1);
    state(next + 2, READY);
    state(next + 3, DONE);
    state(next + 4, EMPTY);
    setState(next + 5, word(next + 5 - SLOTS, DONE)); // not begun

    Recovery.Remains remains = recovery.remains();
    assertEquals(List.of(next, next + 3), remains.suspects());
    assertEquals(1, remains.attempts(next));
    remains.restore(sequence -> false);

    assertEquals(word(next, EMPTY), stateOf(next));
    assertEquals(word(next + 1, DONE), stateOf(next + 1), "completed: not repeated");
    assertEquals(word(next + 2, EMPTY), stateOf(next + 2));
    assertEquals(word(next + 3, EMPTY), stateOf(next + 3));
    assertEquals(word(next + 4, EMPTY), stateOf(next + 4));
    assertEquals(word(next + 5 - SLOTS, DONE), stateOf(next + 5));
    int[] tries = {1, 0, 0, 1, 0, 0};
    for (int i = 0; i < tries.length; i++) {
      long what = what(next + i);
      assertEquals(tries[i], SlotWords.tries(what), "tries of " + i);
      assertEquals(what(next + i, OP_CARRY), SlotWords.afterTries(what, 0), "and nothing else");
      assertEquals(where(next + i), whereNow(next + i));
    }
    assertEquals(new Resume(next, next + 2, next + 4), recovery.resume(next + 4));
    assertEquals(next + 1, recovery.completed());
  }

  @Test
  void attemptsAddUpToFifteenAndACondemnedMessageSaysSo() {
    publish(FIRST);
    for (int death = 1; death <= 17; death++) {
      state(FIRST, INFLIGHT);
      Recovery.Remains remains = recovery.remains();
      assertEquals(Math.min(15, death), remains.attempts(FIRST));
      remains.restore(sequence -> false);
      assertEquals(Math.min(15, death), SlotWords.tries(what(FIRST)));
      assertFalse(SlotWords.isCondemned(whereNow(FIRST)));
    }
    state(FIRST, INFLIGHT);
    recovery.remains().restore(sequence -> sequence == FIRST);
    assertEquals(SlotWords.condemned(where(FIRST)), whereNow(FIRST));
    assertTrue(SlotWords.isWhereOf(whereNow(FIRST), FIRST));
    assertEquals(what(FIRST, OP_CARRY), SlotWords.afterTries(what(FIRST), 0));
    assertEquals(word(FIRST, EMPTY), stateOf(FIRST), "the next device makes it fail");
  }

  @Test
  void othersMayNotHaveLookedAtWhatIsCompleted() {
    for (long sequence = FIRST; sequence < FIRST + 10; sequence++) {
      publish(sequence);
      complete(sequence);
    }
    assertEquals(new Resume(FIRST + 10, FIRST + 10, Resume.NEVER), recovery.resume(Resume.NEVER));
    assertEquals(FIRST + 10, recovery.completed());
    assertEquals(List.of(), recovery.remains().suspects());
  }

  /** Consumers may have had it: it is neither repeated nor suspected. */
  @Test
  void whatCameOutByExpressLands() {
    long sequence = FIRST;
    for (int state : new int[] {EMPTY, INFLIGHT, DONE}) {
      publish(sequence);
      byte[] text = offer(sequence);
      byte[] result = bytes(RESULT_BYTES);
      state(sequence, state);
      cells.comeOut(sequence, text, result);

      assertEquals(List.of(), recovery.remains().suspects());
      restoreAll();
      assertEquals(word(sequence, DONE), stateOf(sequence));
      assertEquals(CompletionWord.of(sequence, STATUS_OK, false, 1, 0), completion(sequence));
      assertEquals(0, SlotWords.tries(what(sequence)));
      int entry = UNIT + LENGTH;
      byte[] expected = new byte[entry];
      System.arraycopy(text, Long.BYTES, expected, 0, entry);
      assertArrayEquals(expected, stored(place(sequence), entry));
      long at = place(sequence) + EntryHeader.units(entry);
      assertArrayEquals(result, stored(at, RESULT_BYTES));
      sequence++;
    }
    assertEquals(sequence, recovery.completed());
  }

  /** A text of which a part is missing is none: the message is handled again. */
  @Test
  void whatCameOutInPartDoesNotLand() {
    publish(FIRST);
    byte[] text = offer(FIRST);
    state(FIRST, INFLIGHT);
    cells.comeOut(FIRST, text, bytes(RESULT_BYTES));
    cells.setWordOut(FIRST, 1, 0);
    restoreAll();
    assertEquals(word(FIRST, EMPTY), stateOf(FIRST));
    assertFalse(CompletionWord.isOf(completion(FIRST), FIRST));
    assertEquals(0, cells.wordIn(FIRST, 0), "taken back");
  }

  /** The handler runs on a message that is sent again, and not on a letter. */
  @Test
  void suspectsWhatMovesWhereItIsHandled() {
    publish(FIRST, OP_MOVE);
    publish(FIRST + 1, OP_KEEP);
    state(FIRST, INFLIGHT);
    state(FIRST + 1, INFLIGHT);
    assertEquals(List.of(FIRST), recovery.remains().suspects());
    recovery.remains().restore(sequence -> true);
    assertEquals(what(FIRST + 1, OP_KEEP), what(FIRST + 1), "it is moved again, as it was");
    assertTrue(SlotWords.isCondemned(whereNow(FIRST)));
  }

  /** It is handled again, but by no short cut: that would pass its descriptor by. */
  @Test
  void whatWasTakenByExpressAndNotAnsweredGoesTheUsualWay() {
    publish(FIRST);
    byte[] text = offer(FIRST);
    state(FIRST, INFLIGHT);
    assertEquals(List.of(FIRST), recovery.remains().suspects());
    restoreAll();
    assertEquals(1, SlotWords.tries(what(FIRST)));
    for (int cell = 0; cell < RingShape.cells(text.length); cell++) {
      assertEquals(0, cells.wordIn(FIRST, cell), "cell " + cell);
    }
  }

  @Test
  void anOfferThatWasNotTakenStays() {
    publish(FIRST);
    byte[] text = offer(FIRST);
    restoreAll();
    assertEquals(Cells.word(FIRST, text.length), cells.wordIn(FIRST, 0));
  }

  /** Of a read no device dies: no handler runs. */
  @Test
  void aReadIsNoSuspectAndIsDoneAgain() {
    for (int i = 0; i < 2; i++) {
      publish(FIRST + i, OP_READ);
      state(FIRST + i, i == 0 ? INFLIGHT : DONE);
    }
    Recovery.Remains remains = recovery.remains();
    assertEquals(List.of(), remains.suspects());
    remains.restore(sequence -> true);
    for (int i = 0; i < 2; i++) {
      assertEquals(word(FIRST + i, EMPTY), stateOf(FIRST + i));
      assertEquals(what(FIRST + i, OP_READ), what(FIRST + i));
      assertEquals(where(FIRST + i), whereNow(FIRST + i));
    }
  }

  @Test
  void aReadThatCameOutByExpressLandsAndChangesNothingInTheStore() {
    publish(FIRST, OP_READ);
    express.offerRead(FIRST, where(FIRST) | OP_READ, LENGTH);
    state(FIRST, INFLIGHT);
    byte[] before = stored(place(FIRST), 2 * LENGTH);
    cells.comeOut(FIRST, bytes(Long.BYTES + LENGTH), new byte[0]);
    restoreAll();
    assertEquals(CompletionWord.of(FIRST, STATUS_OK, false, 0, 0), completion(FIRST));
    assertEquals(word(FIRST, DONE), stateOf(FIRST));
    assertArrayEquals(before, stored(place(FIRST), 2 * LENGTH));
  }
}
