package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.reference.Handler;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Handlers against the JDK's own code. */
abstract class HandlerConformance extends QueueTest {
  HandlerConformance(TrackFixture on) {
    super(on);
  }

  @ParameterizedTest
  @CsvSource({
    "echo, 64",
    "crc32c, 64",
    "sha256, 0",
    "echo, 77",
    "sha256, 64",
    "echo, 1024",
    "crc32c, 1024",
    "sha256, 1024",
    "crc32c, 65536",
    "sha256, 65536",
  })
  void agreesWithTheJdkOnEveryLength(String handler, int maxPayloadBytes) throws Exception {
    MessageQueue queue = open(config().handler(handler).maxPayloadBytes(maxPayloadBytes));
    Handler oracle = Handler.of(handler);
    try (Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      List<Integer> lengths = lengths(maxPayloadBytes);
      for (int from = 0; from < lengths.size(); from += 64) {
        List<byte[]> sent = new ArrayList<>();
        for (int length : lengths.subList(from, Math.min(from + 64, lengths.size()))) {
          sent.add(randomBytes(length));
          producer.send(sent.get(sent.size() - 1), SOON);
        }
        List<Received> entries = consume(consumer, sent.size());
        for (int i = 0; i < sent.size(); i++) {
          String what = handler + " of " + sent.get(i).length + " bytes";
          assertArrayEquals(sent.get(i), entries.get(i).payload(), what);
          assertArrayEquals(oracle.handle(sent.get(i), 1), entries.get(i).result(), what);
        }
      }
    }
  }

  /** Short ones all, then around each power of two, then random ones, and the slot itself. */
  private List<Integer> lengths(int maxPayloadBytes) {
    List<Integer> lengths = new ArrayList<>();
    IntStream.rangeClosed(0, Math.min(maxPayloadBytes, 130)).forEach(lengths::add);
    for (int power = 256; power <= maxPayloadBytes; power *= 2) {
      lengths.addAll(List.of(power - 9, power - 8, power - 1, power));
    }
    random.ints(40, 0, maxPayloadBytes + 1).forEach(lengths::add);
    lengths.add(maxPayloadBytes);
    return lengths;
  }

  @ParameterizedTest
  @ValueSource(strings = {"echo", "crc32c", "sha256"})
  void keepsResultsWithTheirMessagesOverManyLaps(String handler) throws Exception {
    int messages = 2_000;
    MessageQueue queue = open(config().handler(handler).maxMessages(32));
    Handler oracle = Handler.of(handler);
    workers.start(() -> send(queue, 0, messages));
    try (Consumer consumer = queue.consumer("g", "c")) {
      List<Received> entries = consume(consumer, messages);
      for (int number = 0; number < messages; number++) {
        assertArrayEquals(payload(number), entries.get(number).payload(), "message " + number);
        assertArrayEquals(
            oracle.handle(payload(number), 1), entries.get(number).result(), "result " + number);
      }
      workers.joinAll();
      assertEquals(messages, queue.stats().handled());
    }
  }
}
