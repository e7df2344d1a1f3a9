package io.gpumq.soak.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Messages as bytes, between their generator and their verifier. */
final class Streams {
  private Streams() {}

  /** Shows it as a queue does: read-only, not at position 0, amid other bytes. */
  static void check(Verifier verifier, byte[] message) {
    ByteBuffer around = ByteBuffer.allocateDirect(message.length + 48);
    around.put(17, message).limit(17 + message.length).position(17);
    verifier.check(around.asReadOnlyBuffer(), ByteBuffer.allocate(0));
  }

  static List<byte[]> send(Generator generator, int count) {
    var messages = new ArrayList<byte[]>();
    for (int i = 0; i < count; i++) {
      messages.add(write(generator, i));
    }
    generator.advance(count);
    return messages;
  }

  static byte[] write(Generator generator, int index) {
    ByteBuffer slot = ByteBuffer.allocate(65536);
    generator.write(index, slot);
    return Arrays.copyOf(slot.array(), slot.position());
  }

  static void assertTally(Tally tally, long lost, long duplicated, long reordered, long corrupted) {
    assertEquals(
        "lost %d, duplicated %d, reordered %d, corrupted %d"
            .formatted(lost, duplicated, reordered, corrupted),
        tally.verdict(),
        tally.problems().toString());
    assertEquals(lost + duplicated + reordered + corrupted == 0, tally.clean());
  }
}
