package io.gpumq.trackb.ring;

import static io.gpumq.kernels.RingLayout.CELL_BYTES;
import static io.gpumq.kernels.RingLayout.CELL_PAYLOAD;
import static io.gpumq.kernels.RingLayout.DONE;
import static io.gpumq.kernels.RingLayout.EMPTY;
import static io.gpumq.kernels.RingLayout.EXPRESS_LENGTH_BITS;
import static io.gpumq.kernels.RingLayout.EXPRESS_SLOTS;
import static io.gpumq.kernels.RingLayout.INFLIGHT;
import static io.gpumq.kernels.RingLayout.LAP_SHIFT;
import static io.gpumq.kernels.RingLayout.READY;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.QueueConfig;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.RingLayout;
import io.gpumq.trackb.device.HostBackend;
import io.gpumq.trackb.layout.Completion;
import io.gpumq.trackb.layout.Descriptor;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.spi.Resume;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A ring as a device left it; the test is the device, and the producer. */
class RecoveryTest {
  private static final int CAPACITY = 512;
  private static final int SLOT_BYTES = 64;
  private static final int LENGTH = 40;
  private static final int FAULT = 255;

  /** In the lane with the highest number, a lap before stamps come round. */
  private static final long FIRST = (15L << 56) + (1L << 32) - CAPACITY;

  private final RingGeometry g =
      RingGeometry.of(
          QueueConfig.named("r").capacity(CAPACITY).slotBytes(SLOT_BYTES).build(),
          HandlerSpec.parse("crc32c"),
          FIRST);
  private final SharedFile file = SharedFile.create("r", g);
  private final RingMemory memory = new HostBackend().allocate(file, g, false);
  private final Express express = new Express(file, g);
  private final Completions completions = new Completions(file, g, express, (s, word) -> true);
  private final Recovery recovery = new Recovery(file, g, memory, completions::landedSoFar);

  @AfterEach
  void close() {
    memory.close();
    file.close();
  }

  private void publish(long sequence) {
    byte[] payload = Filled.payload(sequence, LENGTH).array();
    file.ingress().put((int) (sequence & g.ingressSlots() - 1) * SLOT_BYTES, payload);
    Words.setOpaque(file.descriptors(), descriptor(sequence), Descriptor.message(sequence, LENGTH));
  }

  private int descriptor(long sequence) {
    return (int) (sequence & g.ingressSlots() - 1) * Long.BYTES;
  }

  private long descriptorWord(long sequence) {
    return Words.getOpaque(file.descriptors(), descriptor(sequence));
  }

  private void complete(long sequence) {
    state(sequence, DONE);
    Words.setRelease(
        file.completions(),
        (int) (sequence & CAPACITY - 1) * Long.BYTES,
        Completion.word(sequence, LENGTH, RingLayout.STATUS_OK, false, 1, 0));
  }

  private void state(long sequence, int state) {
    memory.writeStates(sequence, new long[] {word(sequence, state)});
  }

  private static long word(long sequence, int state) {
    return sequence / CAPACITY << LAP_SHIFT | state;
  }

  private long stateWord(long sequence) {
    long[] word = {0};
    memory.readStates(sequence, word);
    return word[0];
  }

  private void restoreAll() {
    recovery.remains().restore(sequence -> false, FAULT);
  }

  @Test
  void aRingThatNobodyWorkedOnStaysAsItIs() {
    publish(FIRST);
    assertEquals(List.of(), recovery.remains().suspects());
    restoreAll();
    assertEquals(word(FIRST, EMPTY), stateWord(FIRST));
    assertEquals(Descriptor.message(FIRST, LENGTH), descriptorWord(FIRST));
    assertEquals(new Resume(FIRST, FIRST, Resume.NEVER), recovery.resume(Resume.NEVER));
    assertEquals(0, recovery.completed());
  }

  @Test
  void eachStateGoesWhereItBelongs() {
    long next = FIRST + 600; // in the second lap, over the edge of the stamps
    for (long sequence = FIRST; sequence < next; sequence++) {
      publish(sequence);
      complete(sequence);
      assertEquals(sequence + 1, completions.landed());
    }
    for (int i = 0; i < 7; i++) {
      publish(next + i);
    }
    state(next, INFLIGHT);
    complete(next + 1);
    state(next + 2, READY);
    state(next + 3, DONE);
    state(next + 4, EMPTY);
    memory.writeStates(next + 5, new long[] {word(next + 5 - CAPACITY, DONE)}); // not begun

    Recovery.Remains remains = recovery.remains();
    assertEquals(List.of(next, next + 3), remains.suspects());
    assertEquals(1, remains.attempts(next));
    remains.restore(sequence -> false, FAULT);

    assertEquals(word(next, EMPTY), stateWord(next));
    assertEquals(word(next + 1, DONE), stateWord(next + 1), "completed: not repeated");
    assertEquals(word(next + 2, EMPTY), stateWord(next + 2));
    assertEquals(word(next + 3, EMPTY), stateWord(next + 3));
    assertEquals(word(next + 4, EMPTY), stateWord(next + 4));
    assertEquals(word(next + 5 - CAPACITY, DONE), stateWord(next + 5));
    int[] tries = {1, 0, 0, 1, 0, 0, 0};
    for (int i = 0; i < tries.length; i++) {
      long word = descriptorWord(next + i);
      assertTrue(Descriptor.isOf(word, next + i));
      assertEquals(LENGTH, Descriptor.length(word));
      assertFalse(Descriptor.isVoid(word));
      assertEquals(tries[i], Descriptor.tries(word), "tries of " + i);
      assertEquals(0, Descriptor.error(word));
    }
    assertEquals(new Resume(next, next + 2, next + 4), recovery.resume(next + 4));
    assertEquals(601, recovery.completed());
  }

  @Test
  void attemptsAddUpToFifteenAndACondemnedMessageSaysWhy() {
    publish(FIRST);
    for (int death = 1; death <= 17; death++) {
      state(FIRST, INFLIGHT);
      Recovery.Remains remains = recovery.remains();
      assertEquals(Math.min(15, death), remains.attempts(FIRST));
      remains.restore(sequence -> false, FAULT);
      assertEquals(Math.min(15, death), Descriptor.tries(descriptorWord(FIRST)));
    }
    state(FIRST, INFLIGHT);
    recovery.remains().restore(sequence -> sequence == FIRST, FAULT);
    assertEquals(FAULT, Descriptor.error(descriptorWord(FIRST)));
    assertEquals(LENGTH, Descriptor.length(descriptorWord(FIRST)));
    assertTrue(Descriptor.isOf(descriptorWord(FIRST), FIRST));
  }

  @Test
  void othersMayNotHaveLookedAtWhatIsCompleted() {
    for (long sequence = FIRST; sequence < FIRST + 10; sequence++) {
      publish(sequence);
      complete(sequence);
    }
    assertEquals(FIRST, completions.landedSoFar());
    assertEquals(new Resume(FIRST + 10, FIRST + 10, Resume.NEVER), recovery.resume(Resume.NEVER));
    assertEquals(List.of(), recovery.remains().suspects());
  }

  /** Consumers may have had it: it is neither repeated nor suspected. */
  @Test
  void whatCameOutByExpressLands() {
    for (int state : new int[] {EMPTY, INFLIGHT, DONE}) {
      long sequence = completions.landed();
      publish(sequence);
      express.offer(sequence, LENGTH, sequence);
      state(sequence, state);
      byte[] result = {1, 2, 3, (byte) state};
      out(sequence, g.expressResultCell(), result);
      out(sequence, 0, Filled.payload(sequence, LENGTH).array());

      assertEquals(List.of(), recovery.remains().suspects());
      restoreAll();
      assertEquals(word(sequence, DONE), stateWord(sequence));
      assertEquals(sequence + 1, completions.landed());
      long word = completions.word(sequence);
      assertEquals(RingLayout.STATUS_OK, Completion.status(word));
      assertEquals(LENGTH, Completion.length(word));
      assertEquals(1, Completion.tries(word));
      memory.read(0, sequence, 1, 0);
      byte[] bytes = new byte[LENGTH];
      file.reads().get(0, bytes);
      assertArrayEquals(Filled.payload(sequence, LENGTH).array(), bytes);
      file.reads().get(SLOT_BYTES, bytes, 0, 4);
      assertEquals(state, bytes[3]);
    }
  }

  /** It is handled again, but by no short cut: that would pass its descriptor by. */
  @Test
  void whatWasTakenByExpressAndNotAnsweredGoesTheUsualWay() {
    publish(FIRST);
    express.offer(FIRST, LENGTH, FIRST);
    state(FIRST, INFLIGHT);
    assertEquals(List.of(FIRST), recovery.remains().suspects());
    restoreAll();
    assertEquals(1, Descriptor.tries(descriptorWord(FIRST)));
    for (int cell = 0; cell < Express.cells(LENGTH); cell++) {
      int at = in(FIRST) + cell * CELL_BYTES + CELL_PAYLOAD;
      assertEquals(0, Words.getAcquire(file.express(), at), "cell " + cell);
    }
  }

  @Test
  void anOfferThatWasNotTakenStays() {
    publish(FIRST);
    express.offer(FIRST, LENGTH, FIRST);
    restoreAll();
    long word = Words.getAcquire(file.express(), in(FIRST) + CELL_PAYLOAD);
    assertEquals(FIRST + 1 << EXPRESS_LENGTH_BITS | LENGTH, word);
  }

  private int in(long sequence) {
    return (int) (sequence % EXPRESS_SLOTS) * g.expressBytes();
  }

  /** What the device writes to say that a message was handled: the first cell last. */
  private void out(long sequence, int firstCell, byte[] bytes) {
    int slot = in(sequence) + EXPRESS_SLOTS * g.expressBytes() + firstCell * CELL_BYTES;
    for (int cell = Express.cells(bytes.length) - 1; cell >= 0; cell--) {
      int from = cell * CELL_PAYLOAD;
      int at = slot + cell * CELL_BYTES;
      file.express().put(at, bytes, from, Math.min(CELL_PAYLOAD, bytes.length - from));
      long word = sequence + 1 << EXPRESS_LENGTH_BITS | LENGTH;
      Words.setRelease(file.express(), at + CELL_PAYLOAD, word);
    }
  }
}
