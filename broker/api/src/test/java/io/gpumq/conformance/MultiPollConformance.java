package io.gpumq.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.MultiPoll;
import io.gpumq.api.QueueClosedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Polls of many consumers at once. */
abstract class MultiPollConformance extends QueueTest {
  private static final int QUEUES = 40;

  /** Together more than lies anywhere but in the store. */
  private static final int EACH = 150;

  MultiPollConformance(TrackFixture on) {
    super(on);
  }

  private MultiPoll multiPoll() {
    return fixture().track().multiPoll();
  }

  /** Opens a queue with some messages that are handled, and returns a consumer of it. */
  private Consumer filled(int messages) throws Exception {
    MessageQueue queue = open(config().maxMessages(QUEUES * EACH));
    Consumer consumer = queue.consumer("g", "c");
    send(queue, 0, messages);
    if (!fixture().track().name().equals("a")) { // whose handlers run within polls
      Await.until("messages are handled", () -> counters(queue).handled() == messages);
    }
    return consumer;
  }

  private void assertPayloads(Batch batch, int from, int count) {
    assertEquals(count, batch.size());
    for (int i = 0; i < count; i++) {
      assertArrayEquals(payload(from + i), batch.get(i).payloadBytes(), "message " + (from + i));
    }
  }

  @Test
  void takesWhatIsThereOfEach() throws Exception {
    MultiPoll polls = multiPoll();
    List<Consumer> consumers = List.of(filled(3), filled(0), filled(5));
    assertEquals(6, polls.poll(consumers, 3));
    assertPayloads(polls.batch(0), 0, 3);
    assertPayloads(polls.batch(1), 0, 0);
    assertPayloads(polls.batch(2), 0, 3);
    assertThrows(IndexOutOfBoundsException.class, () -> polls.batch(3));
    assertEquals(3, consumers.get(0).acknowledge(polls.batch(0)));
    assertEquals(0, consumers.get(1).acknowledge(polls.batch(1)));
    assertEquals(3, consumers.get(2).acknowledge(polls.batch(2)));
    assertEquals(2, polls.poll(consumers, 64));
    assertPayloads(polls.batch(2), 3, 2);
    assertEquals(0, polls.poll(List.of(), 64));
  }

  @Test
  void readsOfManyQueuesAllThatTheyHave() throws Exception {
    List<Consumer> consumers = new ArrayList<>();
    for (int i = 0; i < QUEUES; i++) {
      consumers.add(filled(EACH));
    }
    MultiPoll polls = multiPoll();
    int[] next = new int[QUEUES];
    for (int taken = 0; taken < QUEUES * EACH; ) {
      int most = 1 + random.nextInt(40);
      int some = polls.poll(consumers, most);
      assertTrue(some > 0, "nothing came, and " + taken + " of all were taken");
      taken += some;
      for (int i = 0; i < QUEUES; i++) {
        Batch batch = polls.batch(i);
        assertPayloads(batch, next[i], batch.size());
        next[i] += batch.size();
        assertEquals(batch.size(), consumers.get(i).acknowledge(batch));
      }
    }
    assertEquals(0, polls.poll(consumers, 64));
  }

  @Test
  void aBatchEndsWithTheNextPollOfItsConsumer() throws Exception {
    MultiPoll polls = multiPoll();
    Consumer consumer = filled(3);
    polls.poll(List.of(consumer), 1);
    Batch first = polls.batch(0);
    Batch second = consumer.poll(1, SOON);
    assertThrows(RuntimeException.class, () -> first.get(0));
    assertPayloads(second, 1, 1);
    polls.poll(List.of(consumer), 1);
    assertThrows(RuntimeException.class, () -> second.get(0));
    assertPayloads(polls.batch(0), 2, 1);
  }

  @Test
  void whereOneIsClosedTheOthersLoseNothing() throws Exception {
    MultiPoll polls = multiPoll();
    Consumer one = filled(3);
    Consumer closed = filled(3);
    Consumer other = filled(3);
    closed.close();
    assertThrows(QueueClosedException.class, () -> polls.poll(List.of(one, closed, other), 2));
    assertThrows(IndexOutOfBoundsException.class, () -> polls.batch(0));
    for (Consumer consumer : List.of(one, other)) {
      List<Received> entries = consume(consumer, 3);
      for (int i = 0; i < 3; i++) {
        assertArrayEquals(payload(i), entries.get(i).payload());
        assertEquals(1, entries.get(i).deliveries());
      }
      assertNothingComes(consumer);
    }
  }

  @Test
  void oneThatIsNamedTwiceIsRefused() throws Exception {
    Consumer consumer = filled(3);
    List<Consumer> twice = List.of(filled(1), consumer, consumer);
    var refused = assertThrows(IllegalStateException.class, () -> multiPoll().poll(twice, 64));
    assertTrue(refused.getMessage().contains("named twice"), refused.getMessage());
    assertPayloads(consumer.poll(64, SOON), 0, 3);
  }

  @Test
  void refusesWhatIsOutOfRange() throws Exception {
    Consumer consumer = filled(1);
    MultiPoll polls = multiPoll();
    for (int max : new int[] {0, -1, 65_537}) {
      assertThrows(ConfigException.class, () -> polls.poll(List.of(consumer), max));
    }
    List<Consumer> tooMany = Collections.nCopies(MultiPoll.MOST + 1, consumer);
    var refused = assertThrows(ConfigException.class, () -> polls.poll(tooMany, 1));
    assertTrue(refused.getMessage().contains("1025"), refused.getMessage());
    assertPayloads(consumer.poll(64, SOON), 0, 1);
  }
}
