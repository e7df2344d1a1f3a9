package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Queues whose messages become dead letters. */
abstract class LetterTest extends QueueTest {
  LetterTest(TrackFixture on) {
    super(on);
  }

  /** A queue whose group {@code g} has made a letter of its one message, of key 42. */
  final MessageQueue withLetter(String... otherGroups) throws InterruptedException {
    MessageQueue queue = open(config().maxDeliveries(1));
    for (String group : otherGroups) {
      queue.createGroup(group);
    }
    try (Consumer consumer = queue.consumer("g", "c");
        Producer producer = queue.producer()) {
      producer.send(42, "hello".getBytes(StandardCharsets.UTF_8), SOON);
      consumer.refuse(poll(consumer, 1).get(0).sequence(), Duration.ZERO);
      while (ReadLetters.size(queue) == 0) {
        assertEquals(0, consumer.poll(1, BRIEFLY).size());
      }
    }
    return queue;
  }

  /** Sends one message, and delivers it to group {@code g} until it is a letter. */
  final void giveUpOne(MessageQueue queue, byte[] payload) throws InterruptedException {
    try (Consumer consumer = queue.consumer("g", "c");
        Producer producer = queue.producer()) {
      producer.send(payload, SOON);
      giveUp(queue, consumer);
    }
  }

  /** Delivers the one message of a queue, whose group is the consumer's, until it is a letter. */
  static void giveUp(MessageQueue queue, Consumer consumer) throws InterruptedException {
    long before = queue.stats().deadLettered();
    consumer.refuse(poll(consumer, 1).get(0).sequence(), Duration.ZERO);
    while (queue.stats().deadLettered() == before) {
      assertEquals(0, consumer.poll(1, BRIEFLY).size());
    }
  }
}
