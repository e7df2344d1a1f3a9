package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.CloseReport;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.Track;
import io.gpumq.api.TrackFailedException;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A handler that never returns, on the device host. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostHangTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final Track track = Tracks.open("b", TrackOptions.DEFAULT.withDevice("host"));
  private final ExecutorService workers = Executors.newCachedThreadPool();

  @AfterEach
  void close() {
    workers.shutdownNow();
    track.close();
  }

  private MessageQueue open(String handler) {
    return open(handler, Duration.ofMillis(200));
  }

  private MessageQueue open(String handler, Duration timeout) {
    return track.open(
        QueueConfig.named("hang")
            .maxMessages(16)
            .maxPayloadBytes(64)
            .handler(handler)
            .handlerTimeout(timeout)
            .build());
  }

  private static ByteBuffer message(long number) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, number);
  }

  private static String failureOf(Future<?> waiting) throws Exception {
    var failure = assertThrows(ExecutionException.class, () -> waiting.get(30, TimeUnit.SECONDS));
    assertEquals(TrackFailedException.class, failure.getCause().getClass());
    return failure.getCause().getMessage();
  }

  @Test
  void everyWaitingCallHearsThatAHandlerHangs() throws Exception {
    MessageQueue queue = open("fail:every=1000,how=loop");
    Consumer consumer = queue.consumer("g", "c");
    Producer producer = queue.producer();
    producer.send(message(1), LONG);
    assertEquals(1, consumer.poll(1, LONG).size());

    Future<?> sending =
        workers.submit(
            () -> {
              for (int number = 1000; ; number++) { // the first one loops
                producer.send(message(number), LONG);
              }
            });
    Future<?> polling =
        workers.submit(
            () -> {
              while (true) {
                consumer.poll(16, LONG);
              }
            });
    String why = failureOf(polling);
    assertTrue(why.startsWith("queue 'hang': "), why);
    assertTrue(why.contains("sequence 1"), why);
    assertTrue(why.contains("has not been completed for 200 ms"), why);
    assertEquals(why, failureOf(sending));
    assertThrows(TrackFailedException.class, () -> producer.trySend(message(1)));

    CloseReport report = queue.close(LONG); // hung: nothing to wait for
    assertFalse(report.drained());
    assertTrue(report.left() > 0, report::toString);
  }

  @Test
  void aQueueBesideTheOneThatHangsGoesOn() throws Exception {
    MessageQueue hung = open("fail:every=1,how=loop");
    MessageQueue sound =
        track.open(QueueConfig.named("sound").handlerTimeout(Duration.ofMillis(200)).build());
    Consumer waiting = hung.consumer("g", "c");
    Consumer consumer = sound.consumer("g", "c");
    hung.producer().send(message(7), LONG);
    assertThrows(TrackFailedException.class, () -> waiting.poll(1, LONG));
    sound.producer().send(message(7), LONG);
    assertEquals(1, consumer.acknowledge(consumer.poll(1, LONG)));
    assertTrue(sound.close(LONG).drained());
  }

  @Test
  void aMessageThatHangsGrowsOld() throws Exception {
    MessageQueue queue = open("fail:every=1000,how=loop", LONG);
    Consumer consumer = queue.consumer("g", "c");
    Producer producer = queue.producer();
    producer.send(message(1), LONG);
    assertEquals(1, consumer.acknowledge(consumer.poll(1, LONG)));
    producer.send(message(1000), LONG); // loops
    producer.send(message(1), LONG);
    Duration old = Duration.ofMillis(100);
    Await.until("it is old", () -> queue.groups().get(0).oldestAge().compareTo(old) > 0);
    assertEquals(2, queue.groups().get(0).lag());
    assertEquals(2, queue.close(Duration.ZERO).left());
  }
}
