package io.gpumq.conformance;

import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Payloads that begin with a number as the {@code fail} handler reads it: 8 bytes, little-endian.
 */
final class Numbered {
  private Numbered() {}

  static byte[] payload(long number, Random random) {
    byte[] bytes = new byte[Long.BYTES + random.nextInt(100)];
    random.nextBytes(bytes);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, number);
    return bytes;
  }

  static long number(byte[] payload) {
    return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
  }

  /** Sends messages numbered {@code from} to {@code to - 1} and returns their sequences. */
  static List<Long> send(MessageQueue queue, Random random, int from, int to)
      throws InterruptedException {
    List<Long> sequences = new ArrayList<>();
    try (Producer producer = queue.producer()) {
      for (int number = from; number < to; number++) {
        sequences.add(producer.send(payload(number, random), Await.DEADLINE));
      }
    }
    return sequences;
  }
}
