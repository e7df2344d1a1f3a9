package io.gpumq.trackb.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.kernels.LinkLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Descriptors, completion words and headers against the pictures in {@code link/layout.h}. */
class WordsTest {
  private static final int WORDS = 100_000;

  private final Random random = new Random(1);

  private static long bits(long word, int high, int low) {
    return word << 63 - high >>> 63 - high + low;
  }

  private long sequence() {
    return random.nextLong() >>> 1 + random.nextInt(63);
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        1,
        (1L << 31) - 2,
        (1L << 31) - 1,
        1L << 31,
        (1L << 32) - 2,
        (1L << 32) - 1,
        1L << 32,
        1L << 55,
        Long.MAX_VALUE - 1
      })
  void aStampTellsASequenceFromItsNeighboursAndFromOtherLaps(long sequence) {
    long what = SlotWords.what(sequence, LinkLayout.OP_CARRY, true, LinkLayout.MOST_LENGTH);
    long completion = CompletionWord.of(sequence, 1, true, 15, 255);
    assertEquals(sequence + 1 & 0xffff_ffffL, bits(what, 63, 32));
    assertEquals(sequence + 1 & 0xffff_ffffL, bits(completion, 63, 32));
    assertTrue(SlotWords.isOf(what, sequence));
    assertTrue(CompletionWord.isOf(completion, sequence));
    for (int shift = 0; shift < 32; shift++) { // a lap of each number of slots, and 1
      assertFalse(SlotWords.isOf(what, sequence + (1L << shift)));
      assertFalse(CompletionWord.isOf(completion, sequence - (1L << shift)));
    }
  }

  @Test
  void everyFirstWordIsAsDrawn() {
    for (int i = 0; i < WORDS; i++) {
      int op = random.nextInt(4);
      boolean push = random.nextBoolean();
      int length = random.nextInt(LinkLayout.MOST_LENGTH + 1);
      long word = SlotWords.what(sequence(), op, push, length);
      assertEquals(op, bits(word, 31, 30));
      assertEquals(0, bits(word, 29, 26));
      assertEquals(push ? 1 : 0, bits(word, 25, 25));
      assertEquals(length, bits(word, 24, 0));
      assertEquals(op, SlotWords.op(word));
      assertEquals(push, SlotWords.isPushed(word));
      assertEquals(length, SlotWords.length(word));
      int tries = random.nextInt(16);
      long tried = SlotWords.afterTries(SlotWords.afterTries(word, 15), tries);
      assertEquals(tries, bits(tried, 29, 26));
      assertEquals(tries, SlotWords.tries(tried));
      assertEquals(word, SlotWords.afterTries(tried, 0), "nothing else has changed");
    }
  }

  @Test
  void everySecondWordIsAsDrawn() {
    for (int i = 0; i < WORDS; i++) {
      long sequence = sequence();
      long place = random.nextLong() >>> 64 - LinkLayout.PLACE_BITS;
      int unit = random.nextInt(1 << LinkLayout.UNIT_BITS);
      int extensions = random.nextInt(3);
      long word = SlotWords.where(sequence, place, unit, extensions);
      assertEquals(place, bits(word, 63, 30));
      assertEquals(unit, bits(word, 29, 13));
      assertEquals(extensions, bits(word, 12, 11));
      assertEquals(0, bits(word, 10, 10));
      assertEquals(place + unit + sequence & 31, bits(word, 9, 5));
      assertEquals(0, bits(word, 4, 0));
      assertEquals(place, SlotWords.place(word));
      assertEquals(unit, SlotWords.unit(word));
      assertEquals(extensions, SlotWords.extensions(word));
      assertTrue(SlotWords.isWhereOf(word, sequence));
      assertFalse(SlotWords.isWhereOf(word, sequence + 1));
      long condemned = SlotWords.condemned(word);
      assertFalse(SlotWords.isCondemned(word));
      assertTrue(SlotWords.isCondemned(condemned));
      assertEquals(word | 1 << 10, condemned);
      assertTrue(SlotWords.isWhereOf(condemned, sequence));
    }
  }

  @Test
  void everyCompletionIsAsDrawn() {
    for (int i = 0; i < WORDS; i++) {
      long sequence = sequence();
      int status = random.nextInt(3);
      boolean pushed = random.nextBoolean();
      int tries = random.nextInt(16);
      int error = random.nextInt(256);
      long word = CompletionWord.of(sequence, status, pushed, tries, error);
      assertEquals(0, bits(word, 16, 0));
      assertEquals(status, bits(word, 18, 17));
      assertEquals(pushed ? 1 : 0, bits(word, 19, 19));
      assertEquals(tries, bits(word, 23, 20));
      assertEquals(error, bits(word, 31, 24));
      assertTrue(CompletionWord.isOf(word, sequence));
      assertEquals(status == LinkLayout.STATUS_OK, CompletionWord.isHandled(word, sequence));
      assertEquals(status, CompletionWord.status(word));
      assertEquals(pushed, CompletionWord.isPushed(word));
      assertEquals(tries, CompletionWord.tries(word));
      assertEquals(error, CompletionWord.error(word));
    }
  }

  @Test
  void everyHeaderIsAsDrawn() {
    for (int i = 0; i < WORDS; i++) {
      int length = random.nextInt(LinkLayout.MOST_LENGTH + 1);
      boolean keyed = random.nextBoolean();
      int results = random.nextInt(1 << LinkLayout.ENTRY_RESULT_BITS);
      long word = EntryHeader.handled(length, keyed, results);
      assertEquals(length, bits(word, 24, 0));
      assertEquals(keyed ? 1 : 0, bits(word, 26, 25));
      assertEquals(0, bits(word, 28, 27));
      assertEquals(1, bits(word, 32, 29));
      assertEquals(0, bits(word, 40, 33));
      assertEquals(results, bits(word, 61, 41));
      assertEquals(keyed ? 1 : 0, bits(word, 62, 62));
      assertEquals(0, bits(word, 63, 63));
      int tries = random.nextInt(16);
      int error = random.nextInt(256);
      long other = EntryHeader.corrected(word, LinkLayout.STATUS_FAILED, tries, error);
      assertEquals(LinkLayout.STATUS_FAILED, bits(other, 28, 27));
      assertEquals(tries, bits(other, 32, 29));
      assertEquals(error, bits(other, 40, 33));
      assertEquals(word, EntryHeader.corrected(other, LinkLayout.STATUS_OK, 1, 0));
    }
  }
}
