package io.gpumq.trackb.link;

import static io.gpumq.kernels.LinkLayout.EXPRESS_SLOTS;
import static io.gpumq.kernels.LinkLayout.OP_READ;
import static io.gpumq.kernels.LinkLayout.UNIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.trackb.layout.RingShape;
import io.gpumq.trackb.layout.SlotWords;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reads by a ring; the test is the device, which works while the reader waits. */
class FetchTest {
  private static final RingShape SHAPE = new RingShape(64, 8192, 2, 8, 1, 1024, 0, 0, 1);
  private static final int BYTES = 4 * UNIT;
  private static final byte STALE = 0x55;

  private final RingByHand hand = new RingByHand(SHAPE, true);
  private final Fetch fetch = hand.fetch();
  private final ByteBuffer memory =
      ByteBuffer.allocateDirect(64 << 10).order(ByteOrder.LITTLE_ENDIAN);

  /** The next slot's sequence in the ring. */
  private long next;

  @AfterEach
  void close() {
    hand.close();
  }

  /** Runs of {@link #BYTES}, from one place on. */
  private record Runs(int count, long first, ByteBuffer to) implements Fetch.Wanted {
    @Override
    public long place(int index) {
      return first + index * 100L;
    }

    @Override
    public int units(int index) {
      return BYTES / UNIT;
    }

    @Override
    public ByteBuffer memory(int index) {
      return to;
    }

    @Override
    public int target(int index) {
      return index * BYTES;
    }
  }

  private static byte[] filled(int value, int bytes) {
    byte[] all = new byte[bytes];
    Arrays.fill(all, (byte) value);
    return all;
  }

  private int read(int count, Runnable device) {
    int read = fetch.read(new Runs(count, 1000, memory), 0, once(device));
    next += count;
    return read;
  }

  private static Runnable once(Runnable device) {
    boolean[] done = {false};
    return () -> {
      if (!done[0]) {
        done[0] = true;
        device.run();
      }
    };
  }

  /** Answers a read through the window. */
  private void answer(long sequence) {
    hand.push(sequence, filled((int) sequence + 1, BYTES));
    hand.complete(sequence);
  }

  private void answerByExpress(long sequence) {
    hand.cells.comeOut(sequence, filled((int) sequence + 1, Long.BYTES + BYTES), new byte[0]);
  }

  /** A later message of the same slot comes out over it. */
  private void overwrite(long sequence) {
    hand.cells.comeOut(sequence + EXPRESS_SLOTS, filled(99, Long.BYTES + BYTES), new byte[0]);
  }

  private void assertFound(int index, long sequence) {
    assertEquals(
        ByteBuffer.wrap(filled((int) sequence + 1, BYTES)), memory.slice(index * BYTES, BYTES));
  }

  @Test
  void aReadSaysWhatItWantsAndWhereItGoes() {
    int read =
        read(
            3,
            () -> {
              for (long sequence = 0; sequence < 3; sequence++) {
                long what = hand.what(sequence);
                long where = hand.where(sequence);
                assertTrue(SlotWords.isOf(what, sequence));
                assertTrue(SlotWords.isWhereOf(where, sequence));
                assertEquals(OP_READ, SlotWords.op(what));
                assertTrue(SlotWords.isPushed(what));
                assertEquals(BYTES, SlotWords.length(what));
                assertEquals(1000 + sequence * 100, SlotWords.place(where));
                answer(sequence);
              }
            });
    assertEquals(3, read);
    for (int i = 0; i < 3; i++) {
      assertFound(i, i);
    }
  }

  @Test
  void oneAloneComesByExpress() {
    assertEquals(1, read(1, () -> answerByExpress(0)));
    assertFound(0, 0);
  }

  /** Another thread moved the ring on, and a later message came, before the reader looked. */
  @Test
  void whatIsOverwrittenBeforeItIsCopiedIsNotWhatLayInTheWindow() {
    hand.file().window().put(0, filled(STALE, SHAPE.windowBytes()));
    int read =
        read(
            1,
            () -> {
              answerByExpress(0);
              hand.ring.advance();
              overwrite(0);
            });
    assertEquals(0, read, "not there: try again");
    hand.complete(0, false);
    assertEquals(1, read(1, () -> answer(1)), "the next try");
    assertFound(0, 1);
  }

  /** The reader sees the first cell of an answer whose last one a later message has. */
  @Test
  void anAnswerThatIsTornIsNotWhatLayInTheWindow() {
    hand.file().window().put(0, filled(STALE, SHAPE.windowBytes()));
    Runnable tear =
        once(
            () -> {
              answerByExpress(0);
              hand.cells.setWordOut(0, 1, Cells.word(EXPRESS_SLOTS, Long.BYTES + BYTES));
            });
    boolean[] torn = {false};
    int read =
        fetch.read(
            new Runs(1, 1000, memory),
            0,
            () -> {
              if (torn[0]) {
                hand.complete(0, false);
              }
              torn[0] = true;
              tear.run();
            });
    assertEquals(0, read);
  }

  /** As where one device takes over from another. */
  @Test
  void whatTheDeviceGaveUpIsNotThere() {
    int read =
        read(
            3,
            () -> {
              answer(0);
              answer(1);
              hand.fail(2);
            });
    assertEquals(0, read);
  }

  @Test
  void whatEarlierReadsCameByDoesNotMatterToTheNext() {
    assertEquals(1, read(1, () -> answerByExpress(0)));
    int read =
        read(
            3,
            () -> {
              hand.complete(0, false); // lands only now
              for (long sequence = 1; sequence < 4; sequence++) {
                answer(sequence);
              }
            });
    assertEquals(3, read, "all of them lie in the window");
    for (int i = 0; i < 3; i++) {
      assertFound(i, i + 1);
    }
  }

  @Test
  void manyAreReadAsFarAsAChunkHasRoom() {
    int fits = SHAPE.chunkBytes() / BYTES; // more than the ring has slots
    int read =
        read(
            fits,
            () -> {
              for (long sequence = 0; sequence < SHAPE.slots(); sequence++) {
                answer(sequence);
              }
            });
    assertEquals(SHAPE.slots(), read);
  }

  @Test
  void withoutAChunkOrASlotNothingIsRead() {
    hand.send(SHAPE.slots());
    assertEquals(0, fetch.read(new Runs(1, 0, memory), 0, () -> {}), "no slot");
    for (long sequence = 0; sequence < SHAPE.slots(); sequence++) {
      hand.complete(sequence);
    }
    Chunk one = hand.ring.chunks().take(null, SHAPE.chunkBytes() / 2);
    Chunk other = hand.ring.chunks().take(null, SHAPE.chunkBytes() / 2);
    assertEquals(0, fetch.read(new Runs(1, 0, memory), 0, () -> {}), "no chunk");
    hand.ring.chunks().leave(one);
    hand.ring.chunks().leave(other);
  }

  @Test
  void aWaitForARingThatHasFailedEnds() {
    IllegalStateException dead = new IllegalStateException("dead");
    Runnable fail =
        () -> {
          throw dead;
        };
    assertEquals(
        dead,
        assertThrows(IllegalStateException.class, () -> read(1, fail), "one that may be express"));
    assertEquals(dead, assertThrows(IllegalStateException.class, () -> read(2, fail)));
  }
}
