package io.gpumq.trackb.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Descriptor and completion words against the pictures in {@code ring_layout.h}, bit by bit. */
class WordsTest {
  private static long bits(long word, int high, int low) {
    return word << 63 - high >>> 63 - high + low;
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
    long descriptor = Descriptor.message(sequence, 65_536);
    long completion = Completion.word(sequence, 65_536, 1, true, 15, 255);
    assertEquals(sequence + 1 & 0xffff_ffffL, bits(descriptor, 63, 32));
    assertEquals(sequence + 1 & 0xffff_ffffL, bits(completion, 63, 32));
    assertTrue(Descriptor.isOf(descriptor, sequence));
    assertTrue(Completion.isOf(completion, sequence));
    for (int shift = 0; shift < 32; shift++) { // a lap of each capacity, and 1
      assertFalse(Descriptor.isOf(descriptor, sequence + (1L << shift)));
      assertFalse(Completion.isOf(completion, sequence - (1L << shift)));
    }
  }

  @Test
  void everyDescriptorIsAsDrawn() {
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      long sequence = random.nextLong() >>> 1 + random.nextInt(63);
      int length = random.nextInt(65_537);
      long word = Descriptor.message(sequence, length);
      assertEquals(length, bits(word, 16, 0));
      assertEquals(0, bits(word, 31, 17));
      assertEquals(length, Descriptor.length(word));
      assertFalse(Descriptor.isVoid(word));

      long voided = Descriptor.voided(sequence);
      assertEquals(1, bits(voided, 31, 17), "the void bit alone");
      assertEquals(0, Descriptor.length(voided));
      assertTrue(Descriptor.isVoid(voided));
      assertTrue(Descriptor.isOf(voided, sequence));
    }
  }

  @Test
  void everyCompletionIsAsDrawn() {
    Random random = new Random(2);
    for (int i = 0; i < 100_000; i++) {
      long sequence = random.nextLong() >>> 1 + random.nextInt(63);
      int length = random.nextInt(65_537);
      int status = random.nextInt(3);
      boolean pushed = random.nextBoolean();
      int tries = random.nextInt(16);
      int error = random.nextInt(256);
      long word = Completion.word(sequence, length, status, pushed, tries, error);
      assertEquals(length, bits(word, 16, 0));
      assertEquals(status, bits(word, 18, 17));
      assertEquals(pushed ? 1 : 0, bits(word, 19, 19));
      assertEquals(tries, bits(word, 23, 20));
      assertEquals(error, bits(word, 31, 24));
      assertTrue(Completion.isOf(word, sequence));
      assertEquals(length, Completion.length(word));
      assertEquals(status, Completion.status(word));
      assertEquals(pushed, Completion.isPushed(word));
      assertEquals(tries, Completion.tries(word));
      assertEquals(error, Completion.error(word));
    }
  }
}
