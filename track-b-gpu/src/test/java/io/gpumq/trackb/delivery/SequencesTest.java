package io.gpumq.trackb.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SequencesTest {
  @Test
  void showsLaneAndPosition() {
    assertEquals("17", Sequences.show(17));
    assertEquals("216172782113783825 (lane 3, position 17)", Sequences.show((3L << 56) + 17));
    assertEquals("-1", Sequences.show(-1));
    assertEquals("9223372036854775807", Sequences.show(Long.MAX_VALUE));
    assertEquals(3, Sequences.lane((3L << 56) + 17));
    assertEquals(255, Sequences.lane(-1));
  }
}
