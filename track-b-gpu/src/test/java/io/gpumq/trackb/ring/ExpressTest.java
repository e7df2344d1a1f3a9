package io.gpumq.trackb.ring;

import static io.gpumq.kernels.RingLayout.CELL_BYTES;
import static io.gpumq.kernels.RingLayout.CELL_PAYLOAD;
import static io.gpumq.kernels.RingLayout.EXPRESS_LENGTH_BITS;
import static io.gpumq.kernels.RingLayout.EXPRESS_PAYLOAD;
import static io.gpumq.kernels.RingLayout.EXPRESS_SLOTS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.QueueConfig;
import io.gpumq.kernels.HandlerSpec;
import io.gpumq.kernels.RingLayout;
import io.gpumq.trackb.layout.Completion;
import io.gpumq.trackb.layout.Words;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The express way in and out; the test is the device at its other end. */
class ExpressTest {
  private static final int SLOT_BYTES = 8192;
  private static final int RESULT_BYTES = 32;
  private static final long FIRST = (1L << 32) - 256;

  private final RingGeometry g =
      RingGeometry.of(
          QueueConfig.named("x").capacity(256).slotBytes(SLOT_BYTES).build(),
          HandlerSpec.parse("sha256"),
          FIRST);
  private final SharedFile file = SharedFile.create("x", g);
  private final Express express = new Express(file, g);
  private final ByteBuffer memory = ByteBuffer.allocateDirect(2 * g.strideBytes());
  private final Random random = new Random(4);

  @AfterEach
  void close() {
    file.close();
  }

  private byte[] inIngress(long sequence, int length) {
    byte[] payload = new byte[length];
    random.nextBytes(payload);
    file.ingress().put((int) (sequence & g.ingressSlots() - 1) * SLOT_BYTES, payload);
    return payload;
  }

  private int in(long sequence) {
    return (int) (sequence % EXPRESS_SLOTS) * g.expressBytes();
  }

  private int out(long sequence) {
    return in(sequence) + EXPRESS_SLOTS * g.expressBytes();
  }

  private long wordAt(int slot, int cell) {
    return Words.getAcquire(file.express(), slot + cell * CELL_BYTES + CELL_PAYLOAD);
  }

  /** What the device reads: the cells of a slot. */
  private byte[] readCells(int slot, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = file.express().get(slot + i / CELL_PAYLOAD * CELL_BYTES + i % CELL_PAYLOAD);
    }
    return bytes;
  }

  /** What the device writes: bytes into cells, each with the word. */
  private void writeCells(int slot, byte[] bytes, long word) {
    for (int cell = 0; cell < Express.cells(bytes.length); cell++) {
      int from = cell * CELL_PAYLOAD;
      int at = slot + cell * CELL_BYTES;
      file.express().put(at, bytes, from, Math.min(CELL_PAYLOAD, bytes.length - from));
      Words.setRelease(file.express(), at + CELL_PAYLOAD, word);
    }
  }

  private static long word(long sequence, int length) {
    return sequence + 1 << EXPRESS_LENGTH_BITS | length;
  }

  private static boolean isOf(long word, long sequence) {
    return word >>> EXPRESS_LENGTH_BITS == sequence + 1;
  }

  private byte[] complete(long sequence, byte[] payload) {
    byte[] result = new byte[RESULT_BYTES];
    random.nextBytes(result);
    long word = word(sequence, payload.length);
    writeCells(out(sequence) + g.expressResultCell() * CELL_BYTES, result, word);
    writeCells(out(sequence), payload, word);
    return result;
  }

  private void offer(long sequence, int length) {
    inIngress(sequence, length);
    express.offer(sequence, length, sequence);
  }

  private byte[] fromMemory(int at, int length) {
    byte[] bytes = new byte[length];
    memory.get(at, bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 23, 24, 25, 48, 49, 1152, 1153, 4095, EXPRESS_PAYLOAD})
  void aMessageGoesInAndComesOutWhole(int length) {
    for (long sequence = FIRST + 250; sequence < FIRST + 262; sequence++) { // over 2^32
      byte[] payload = inIngress(sequence, length);
      express.offer(sequence, length, sequence);
      assertEquals(ByteBuffer.wrap(payload), ByteBuffer.wrap(readCells(in(sequence), length)));
      for (int cell = 0; cell < Express.cells(length); cell++) {
        assertEquals(word(sequence, length), wordAt(in(sequence), cell));
      }
      assertEquals(Express.NONE, express.length(sequence));
      byte[] result = complete(sequence, payload);
      assertEquals(length, express.length(sequence));
      int at = g.strideBytes();
      assertTrue(express.copy(sequence, length, memory, at));
      assertEquals(ByteBuffer.wrap(payload), ByteBuffer.wrap(fromMemory(at, length)));
      assertEquals(
          ByteBuffer.wrap(result), ByteBuffer.wrap(fromMemory(at + SLOT_BYTES, RESULT_BYTES)));
    }
  }

  @Test
  void whatIsTooLongHasNoExpress() {
    inIngress(FIRST, EXPRESS_PAYLOAD + 1);
    express.offer(FIRST, EXPRESS_PAYLOAD + 1, FIRST);
    assertFalse(isOf(wordAt(in(FIRST), 0), FIRST));
    int tooLong = EXPRESS_PAYLOAD + 1;
    writeCells(out(FIRST), new byte[EXPRESS_PAYLOAD], word(FIRST, tooLong));
    assertFalse(express.copy(FIRST, tooLong, memory, 0));
  }

  @Test
  void aSlotIsOfferedOnlyAfterTheMessageBeforeInItHasLanded() {
    long sequence = FIRST + EXPRESS_SLOTS;
    inIngress(sequence, 8);
    express.offer(sequence, 8, FIRST);
    assertFalse(isOf(wordAt(in(sequence), 0), sequence));
    express.offer(sequence, 8, FIRST + 1);
    assertEquals(word(sequence, 8), wordAt(in(sequence), 0));
  }

  @Test
  void aMissingCellIsNoticedWhereverItIs() {
    int length = 100;
    int cells = Express.cells(length);
    int resultCells = Express.cells(RESULT_BYTES);
    offer(FIRST, length);
    for (int i = 0; i < cells + resultCells; i++) {
      complete(FIRST, new byte[length]);
      int cell = i < cells ? i : g.expressResultCell() + i - cells;
      long other = word(FIRST + EXPRESS_SLOTS, length);
      Words.setRelease(
          file.express(), out(FIRST) + cell * CELL_BYTES + CELL_PAYLOAD, i % 2 == 0 ? 0 : other);
      assertFalse(express.copy(FIRST, length, memory, 0), "cell " + cell);
    }
    complete(FIRST, new byte[length]);
    assertTrue(express.copy(FIRST, length, memory, 0));
  }

  @Test
  void aSlotTakenByALaterMessageIsNotItsPredecessors() {
    offer(FIRST, 40);
    complete(FIRST, new byte[40]);
    assertEquals(40, express.length(FIRST));
    offer(FIRST + EXPRESS_SLOTS, 40);
    complete(FIRST + EXPRESS_SLOTS, new byte[40]);
    assertEquals(Express.NONE, express.length(FIRST));
    assertFalse(express.copy(FIRST, 40, memory, 0));
  }

  /** The stamp of sequence 2^32 - 1 is zero; a cell's word is more than a stamp. */
  @Test
  void freshCellsAreNobodys() {
    for (long sequence = (1L << 32) - 64; sequence < (1L << 32) + 64; sequence++) {
      assertFalse(isOf(wordAt(in(sequence), 0), sequence), "in " + sequence);
      assertEquals(Express.NONE, express.length(sequence), "out " + sequence);
    }
  }

  /** A queue under load may go on for 2^32 sequences without a message by express. */
  @Test
  void whatIsLeftFromTheSameStampBeforeIsNobodys() {
    long sequence = FIRST + 3;
    long again = sequence + (1L << 32);
    offer(sequence, 40);
    complete(sequence, new byte[40]);
    assertTrue(express.copy(sequence, 40, memory, 0));
    assertFalse(isOf(wordAt(in(again), 0), again), "what the device sees");
    assertEquals(Express.NONE, express.length(again));
    assertFalse(express.copy(again, 40, memory, 0));
    offer(again, 40);
    assertTrue(isOf(wordAt(in(again), 0), again));
    assertEquals(Express.NONE, express.length(again));
    complete(again, new byte[40]);
    assertEquals(40, express.length(again));
    assertEquals(Express.NONE, express.length(sequence));
  }

  @Test
  void cellsThatWereNeverWrittenCompleteNothing() {
    var completions = new Completions(file, g, express, (sequence, word) -> true);
    for (int slot = 0; slot < g.capacity() - 1; slot++) {
      long word = Completion.word(FIRST + slot, 0, RingLayout.STATUS_OK, false, 1, 0);
      Words.setRelease(file.completions(), slot * Long.BYTES, word);
    }
    assertEquals((1L << 32) - 1, completions.advance(), "the last before the stamps wrap");
  }

  @Test
  void anUntouchedCellIsNoMessageWhateverTheSequence() {
    for (long sequence = (1L << 51) - EXPRESS_SLOTS; sequence < 1L << 51; sequence++) {
      assertEquals(Express.NONE, express.length(sequence), "sequence " + sequence);
    }
  }

  @Test
  void aMessageThatWouldLookLikeAnUntouchedCellGoesTheBulkWay() {
    long sequence = (1L << 51) - 1;
    express.offer(sequence - 1, 0, sequence - 1); // the one before it, to see that others go
    assertEquals(word(sequence - 1, 0), wordAt(in(sequence - 1), 0));
    Words.setRelease(file.express(), in(sequence) + CELL_PAYLOAD, 1);
    express.offer(sequence, 0, sequence);
    assertEquals(1, wordAt(in(sequence), 0), "offered all the same");
  }
}
