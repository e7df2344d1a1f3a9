package io.gpumq.soak.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockTest {
  @ParameterizedTest
  @CsvSource({
    "FULL, echo, 64", "FULL, crc32c, 256", "FULL, sha256, 4096", "FULL, echo, 65536",
    "LIGHT, echo, 64", "LIGHT, crc32c, 256", "LIGHT, sha256, 4096", "LIGHT, echo, 65536"
  })
  void whatWasWrittenAndHandledIsClean(Verification verification, String handler, int bytes) {
    var block = new MessageBlock(verification.bodies(3, bytes), handler, 300);
    for (int lap = 0; lap < 3; lap++) {
      block.write();
      block.handle();
      block.check();
    }
    Tally tally = block.settle();
    assertTrue(tally.clean(), () -> tally.verdict() + tally.problems());
    assertEquals(3L * block.messages(), tally.received());
  }

  @ParameterizedTest
  @CsvSource({"FULL", "LIGHT"})
  void whatIsCheckedTwiceOrNotAtAllIsCounted(Verification verification) {
    var block = new MessageBlock(verification.bodies(3, 256), "echo", 300);
    block.write();
    block.check();
    block.check();
    block.write();
    Tally tally = block.settle();
    assertEquals(block.messages(), tally.duplicated());
    assertEquals(block.messages(), tally.lost());
  }

  @ParameterizedTest
  @CsvSource({"FULL", "LIGHT"})
  void whatWasNotHandledIsWrong(Verification verification) {
    var block = new MessageBlock(verification.bodies(3, 256), "crc32c", 300);
    block.write();
    block.check();
    assertTrue(block.settle().corrupted() > 0);
  }
}
