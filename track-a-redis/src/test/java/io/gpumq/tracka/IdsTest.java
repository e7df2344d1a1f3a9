package io.gpumq.tracka;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.TrackFailedException;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdsTest {
  private static byte[] ascii(String id) {
    return id.getBytes(US_ASCII);
  }

  @Test
  void goesThereAndBack() {
    for (String id :
        List.of(
            "0-0", "0-1", "1-0", "1795223456789-0", "1795223456789-1048575", "8796093022207-7")) {
      assertArrayEquals(ascii(id), Ids.id(Ids.sequence(ascii(id))), id);
    }
    for (long sequence : new long[] {0, 1, (1 << 20) - 1, 1 << 20, Long.MAX_VALUE}) {
      assertEquals(sequence, Ids.sequence(Ids.id(sequence)));
    }
  }

  @Test
  void keepsTheOrderOfIds() {
    assertEquals((1L << 20) + 2, Ids.sequence(ascii("1-2")));
    assertTrue(Ids.sequence(ascii("1-1048575")) < Ids.sequence(ascii("2-0")));
  }

  @Test
  void refusesAnIdThatHasNoSequence() {
    for (String id : List.of("1-1048576", "8796093022208-0")) {
      var error = assertThrows(TrackFailedException.class, () -> Ids.sequence(ascii(id)));
      assertTrue(error.getMessage().contains(id), error.getMessage());
    }
  }
}
