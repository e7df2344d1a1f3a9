package io.gpumq.trackb.link;

import static io.gpumq.kernels.LinkLayout.CELL_BYTES;
import static io.gpumq.kernels.LinkLayout.CELL_PAYLOAD;
import static io.gpumq.kernels.LinkLayout.EXPRESS_PAYLOAD;
import static io.gpumq.kernels.LinkLayout.EXPRESS_SLOTS;
import static io.gpumq.kernels.LinkLayout.OP_READ;
import static io.gpumq.kernels.LinkLayout.UNIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.kernels.HandlerSpec;
import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.RingShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The express way in and out; the test is the device at its other end. */
class ExpressTest {
  private static final int RESULT_BYTES = 32;
  private static final int MOST_BYTES = 3 * UNIT + EXPRESS_PAYLOAD;
  private static final long FIRST = (1L << 32) - 256;
  private static final int AT = 64;

  private final RingShape shape =
      RingShape.of(2 * EXPRESS_PAYLOAD, HandlerSpec.parse("sha256"), 1, 0, 1);
  private final ByteBuffer block = direct(2 * EXPRESS_SLOTS * shape.expressBytes());
  private final ByteBuffer ingress = direct(2 * MOST_BYTES);
  private final ByteBuffer memory = direct(2 * MOST_BYTES);
  private final Express express = new Express(block, shape.expressBytes());
  private final Cells cells = new Cells(block, shape.expressBytes());
  private final Random random = new Random(4);

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long place(long sequence) {
    return sequence * 0x9E3779B97F4A7C15L;
  }

  /** Offers an entry of so many bytes; returns its text. */
  private byte[] offer(long sequence, int bytes) {
    byte[] entry = new byte[bytes];
    random.nextBytes(entry);
    ingress.put(AT, entry);
    express.offer(sequence, place(sequence), ingress, AT, bytes);
    return text(sequence, entry);
  }

  private static byte[] text(long sequence, byte[] entry) {
    byte[] text = new byte[Long.BYTES + entry.length];
    ByteBuffer.wrap(text).order(ByteOrder.LITTLE_ENDIAN).putLong(place(sequence)).put(entry);
    return text;
  }

  private byte[] result() {
    byte[] result = new byte[RESULT_BYTES];
    random.nextBytes(result);
    return result;
  }

  /** Offers an entry, and lets it come out. */
  private void carry(long sequence, int bytes) {
    cells.comeOut(sequence, offer(sequence, bytes), result());
  }

  private int copy(long sequence) {
    return express.copy(sequence, RESULT_BYTES, memory, AT);
  }

  private ByteBuffer fromMemory(int at, int bytes) {
    return memory.slice(at, bytes);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {16, 17, 23, 24, 31, 32, 39, 40, 41, 48, 64, 65, 1176, 1177, 4111, MOST_BYTES})
  void anEntryGoesInAndComesOutWhole(int bytes) {
    for (long sequence = FIRST + 250; sequence < FIRST + 262; sequence++) { // over 2^32
      byte[] text = offer(sequence, bytes);
      assertEquals(ByteBuffer.wrap(text), ByteBuffer.wrap(cells.textIn(sequence, text.length)));
      for (int cell = 0; cell < RingShape.cells(text.length); cell++) {
        assertEquals(Cells.word(sequence, text.length), cells.wordIn(sequence, cell));
      }
      assertFalse(express.has(sequence));
      assertEquals(Express.NONE, copy(sequence));

      byte[] result = result();
      cells.comeOut(sequence, text, result);
      assertTrue(express.has(sequence));
      assertEquals(bytes, copy(sequence));
      assertEquals(ByteBuffer.wrap(text, Long.BYTES, bytes), fromMemory(AT, bytes));
      int at = AT + EntryHeader.units(bytes) * UNIT;
      assertEquals(ByteBuffer.wrap(result), fromMemory(at, RESULT_BYTES));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 32, 48, 1024, EXPRESS_PAYLOAD})
  void aReadGoesInByItsPlaceAndComesOutWithItsBytes(int bytes) {
    for (long sequence = FIRST + 250; sequence < FIRST + 262; sequence++) {
      express.offerRead(sequence, place(sequence) | OP_READ, bytes);
      ByteBuffer in =
          ByteBuffer.wrap(cells.textIn(sequence, 2 * Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
      assertEquals(place(sequence) | OP_READ, in.getLong(0));
      assertEquals(bytes, in.getLong(Long.BYTES));
      assertEquals(Cells.word(sequence, 2 * Long.BYTES), cells.wordIn(sequence, 0));

      byte[] found = new byte[bytes];
      random.nextBytes(found);
      cells.comeOut(sequence, text(sequence, found), new byte[0]);
      assertEquals(bytes, express.copy(sequence, 0, memory, AT));
      assertEquals(ByteBuffer.wrap(found), fromMemory(AT, bytes));
    }
  }

  @Test
  void whatIsTooLongForTheCellsDoesNotFit() {
    int most = shape.expressBytes() / CELL_BYTES * CELL_PAYLOAD;
    assertTrue(express.fits(most));
    assertFalse(express.fits(most + 1));
    assertTrue(express.fits(Long.BYTES + MOST_BYTES));
  }

  @Test
  void aMissingCellIsNoticedWhereverItIs() {
    int bytes = 100;
    byte[] text = offer(FIRST, bytes);
    int all = RingShape.cells(text.length) + RingShape.cells(RESULT_BYTES);
    long later = Cells.word(FIRST + EXPRESS_SLOTS, text.length);
    for (int cell = 0; cell < all; cell++) {
      for (long other : new long[] {0, later}) {
        cells.comeOut(FIRST, text, result());
        cells.setWordOut(FIRST, cell, other);
        assertEquals(Express.NONE, copy(FIRST), "cell " + cell);
      }
    }
    cells.comeOut(FIRST, text, result());
    assertEquals(bytes, copy(FIRST));
  }

  @Test
  void aSlotTakenByALaterMessageIsNotItsPredecessors() {
    carry(FIRST, 40);
    assertTrue(express.has(FIRST));
    carry(FIRST + EXPRESS_SLOTS, 40);
    assertFalse(express.has(FIRST));
    assertEquals(Express.NONE, copy(FIRST));
    assertEquals(40, copy(FIRST + EXPRESS_SLOTS));
  }

  /** The stamp of sequence 2^32 - 1 is zero; a cell's word is more than a stamp. */
  @Test
  void freshCellsAreNobodys() {
    for (long sequence = (1L << 32) - 64; sequence < (1L << 32) + 64; sequence++) {
      assertFalse(cells.isIn(sequence), "in " + sequence);
      assertFalse(express.has(sequence), "out " + sequence);
    }
  }

  /** A ring under load may go on for 2^32 sequences without a message by express. */
  @Test
  void whatIsLeftFromTheSameStampBeforeIsNobodys() {
    long sequence = FIRST + 3;
    long again = sequence + (1L << 32);
    carry(sequence, 40);
    assertEquals(40, copy(sequence));
    assertFalse(cells.isIn(again), "what the device sees");
    assertFalse(express.has(again));
    assertEquals(Express.NONE, copy(again));
    byte[] text = offer(again, 40);
    assertTrue(cells.isIn(again));
    assertFalse(express.has(again));
    cells.comeOut(again, text, result());
    assertTrue(express.has(again));
    assertFalse(express.has(sequence));
  }

  @Test
  void anUntouchedCellIsNoMessageWhateverTheSequence() {
    for (long sequence = (1L << 51) - EXPRESS_SLOTS; sequence < 1L << 51; sequence++) {
      assertFalse(express.has(sequence), "sequence " + sequence);
      assertEquals(Express.NONE, copy(sequence));
    }
  }

  /** A word holds the low 51 bits of a sequence: those of a later round look like the first. */
  @Test
  void sequencesBeyondFiftyOneBitsGoOn() {
    long sequence = (1L << 51) + 5;
    carry(sequence, 40);
    assertTrue(express.has(sequence));
    assertEquals(40, copy(sequence));
    assertFalse(express.has(sequence + EXPRESS_SLOTS));
  }

  @Test
  void whatIsTakenBackIsGoneAndAnothersStays() {
    byte[] text = offer(FIRST, 100);
    express.withdraw(FIRST + EXPRESS_SLOTS); // of the same slot
    assertTrue(cells.isIn(FIRST));
    express.withdraw(FIRST);
    for (int cell = 0; cell < RingShape.cells(text.length); cell++) {
      assertEquals(0, cells.wordIn(FIRST, cell), "cell " + cell);
    }
  }

  /** Either all of it is of one message, or there is none. */
  @Test
  void whatIsOverwrittenWhileItIsCopiedIsNobodys() throws InterruptedException {
    int bytes = 4000;
    int rounds = 20_000;
    AtomicInteger round = new AtomicInteger();
    Thread device =
        new Thread(
            () -> {
              byte[] text = new byte[Long.BYTES + bytes];
              byte[] result = new byte[RESULT_BYTES];
              for (int i = 0; i < rounds; i++) {
                Arrays.fill(text, (byte) i);
                Arrays.fill(result, (byte) i);
                cells.comeOut(FIRST + (long) i * EXPRESS_SLOTS, text, result);
                round.set(i);
              }
            });
    device.start();
    for (int seen = 0; seen < rounds - 1; ) {
      seen = round.get();
      if (copy(FIRST + (long) seen * EXPRESS_SLOTS) != Express.NONE) {
        for (int i = 0; i < bytes + RESULT_BYTES; i++) {
          assertEquals((byte) seen, memory.get(AT + i), "byte " + i + " of round " + seen);
        }
      }
    }
    device.join();
  }
}
