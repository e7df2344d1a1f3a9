package io.gpumq.conformance;

import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a track keeps of queues that were closed: nothing. */
abstract class ForgottenConformance extends QueueTest {
  private static final int QUEUES = 20;

  ForgottenConformance(TrackFixture on) {
    super(on);
  }

  private WeakReference<MessageQueue> used() throws Exception {
    MessageQueue queue = fixture().track().open(config().build());
    try (queue;
        Producer producer = queue.producer();
        Consumer consumer = queue.consumer("g", "c")) {
      producer.send(payload(1), SOON);
      consume(consumer, 1);
    }
    return new WeakReference<>(queue);
  }

  @Test
  void aClosedQueueIsGarbage() throws Exception {
    List<WeakReference<MessageQueue>> queues = new ArrayList<>();
    for (int i = 0; i < QUEUES; i++) {
      queues.add(used());
    }
    Await.until(
        "the collector has taken them",
        () -> {
          System.gc();
          return queues.stream().allMatch(queue -> queue.get() == null);
        });
  }
}
